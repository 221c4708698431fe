import { loadPackedText } from '../../core/embedded/index.ts';
import type { AnalysisResult } from '../../core/result/index.ts';
import { citationLine } from '../../figures/citation.ts';
import { PROJECT } from '../../figures/projectCitation.ts';
import type { MapFileView } from '../../state/mapFile.ts';

/** The script and the style of an exported page, as src/project.d.ts describes them. */
type MapFileCode = typeof import('virtual:map-file');

export interface HtmlFileParts {
  /** The models' JSON, which the file gives back. */
  readonly json: string;
  readonly results: readonly AnalysisResult[];
  readonly view: MapFileView;
  /** The page's public address; '' while there is none. */
  readonly address?: string;
}

/** The maps as one page that opens from disk: it asks for nothing else, and nothing else may run in it. */
export async function htmlFile(parts: HtmlFileParts): Promise<Blob> {
  const code = await import('virtual:map-file');
  return new Blob([await htmlText(parts, code)], { type: 'text/html' });
}

/** The text of such a page. What comes from a model's files stands in it as text, or as JSON. */
export async function htmlText(
  { json, results, view, address = PROJECT.address }: HtmlFileParts,
  { script, style, scriptSource, styleSource }: MapFileCode,
): Promise<string> {
  const { packHtmlText, HTML_RESULT_ID } = await loadPackedText();
  const policy = [
    "default-src 'none'",
    `script-src ${scriptSource}`,
    `style-src ${styleSource}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const names = results.map(({ model }, index) => view.titles[index] || model.name || model.id);
  const page = address === '' ? 'QKScope' : `<a href="${escaped(address)}">QKScope</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="QKScope ${escaped(PROJECT.version)}">
<title>${escaped(names.join(' and '))} · QKScope</title>
<style>${style}</style>
</head>
<body>
<div id="qkscope-map"><noscript>This map is drawn by a script that stands in this file and asks for nothing else.</noscript></div>
<section class="about-file" aria-label="About this file">
<p><bdi>${escaped(citationLine(results))}</bdi></p>
<p>This file holds every value of the map. Dropped on the page of ${page}, it opens there as figures do: to be compared, charted, and computed again.</p>
</section>
<script type="application/json" id="qkscope-view">${JSON.stringify(view).replaceAll('<', '\\u003c')}</script>
<script type="text/plain" id="${HTML_RESULT_ID}">${await packHtmlText(json)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Characters that turn or hide what stands beside them are left out; none is markup. */
function escaped(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
