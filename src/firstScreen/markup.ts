// What rendered markup needs to stand in the page: colours of both themes, and no style attributes, which its policy forbids.
const HEX = /#[0-9a-f]{6}\b/gi;

/**
 * Joins the same markup in two themes: a colour that differs becomes light-dark(…), by which browsers choose.
 * @throws Error where more than colours differ
 */
export function joinThemes(light: string, dark: string): string {
  if (light.replace(HEX, '') !== dark.replace(HEX, ''))
    throw new Error('The first screen differs between the themes in more than its colours.');
  const darkColours = dark.match(HEX) ?? [];
  let index = 0;
  return light.replace(HEX, (colour) => {
    const other = darkColours[index++];
    return other === colour ? colour : `light-dark(${colour}, ${other})`;
  });
}

/** What is said of controls that can't be used yet, and joins them to each other. */
const OF_CONTROLS = / (?:title|role|name|id|aria-(?!selected|disabled)[a-z]+)="(?!first-)[^"]*"/g;

/** Leaves out what only helps to use a page: a first screen is there to be seen, and its controls come with the page. */
export function withoutControls(html: string): string {
  // A closed dialog is no part of it; the parser would end the paragraph that it stands in.
  return html.replace(OF_CONTROLS, '').replace(/<dialog[^>]*><\/dialog>/g, '');
}

/** Gives each style attribute's declarations to a class of a stylesheet. */
export function takeStylesOut(html: string): { html: string; css: string } {
  const names = new Map<string, string>();
  const styled = html.replace(/<[a-z][^>]*? style="([^"]*)"[^>]*>/g, (tag, style: string) => {
    const name = names.get(style) ?? `first-${names.size}`;
    names.set(style, name);
    const bare = tag.replace(` style="${style}"`, '');
    return / class="/.test(bare)
      ? bare.replace(' class="', ` class="${name} `)
      : bare.replace(/^<[a-z]+/, (start) => `${start} class="${name}"`);
  });
  const css = [...names].map(([style, name]) => `.${name}{${plainText(style)}}`).join('\n');
  return { html: styled, css };
}

/** @throws Error where a style holds what would end its rule */
function plainText(attribute: string): string {
  const text = attribute.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&amp;', '&');
  if (/[{}<]/.test(text)) throw new Error(`This style can't stand in a stylesheet: ${text}`);
  return text;
}
