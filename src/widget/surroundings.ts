// What the page around a widget looks like: notebooks, documents and their themes tell it in no common way but by their colours.
import { contrast, FIGURE_THEMES, type FigureTheme, inkOn, type ThemeName } from '../figures/palette.ts';

/** Colours that the page may give as custom properties: --qkscope-paper and so on. */
const NAMES = ['paper', 'ink', 'muted', 'hairline', 'accent'] as const;
type ColourName = (typeof NAMES)[number];

export interface Surroundings {
  /** Whether what lies behind the widget is dark. */
  readonly theme: ThemeName;
  /** The colour behind it, "#rrggbb"; null where nothing is painted there. */
  readonly paper: string | null;
}

/** Looks at what is painted behind an element, through the shadow trees that it stands in. */
export function readSurroundings(element: Element): Surroundings {
  for (let at: Element | null = element; at !== null; at = parentOf(at)) {
    const paper = opaqueColour(getComputedStyle(at).backgroundColor);
    if (paper !== null) return { theme: inkOn(paper) === '#ffffff' ? 'dark' : 'light', paper };
  }
  // The canvas of a page follows its color-scheme, and the system where both are allowed.
  const { colorScheme } = getComputedStyle(document.documentElement);
  const isDark =
    colorScheme.includes('dark') &&
    (!colorScheme.includes('light') || matchMedia('(prefers-color-scheme: dark)').matches);
  return { theme: isDark ? 'dark' : 'light', paper: null };
}

function parentOf(element: Element): Element | null {
  const root = element.getRootNode();
  return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}

/** Whether the theme's texts can be read on a colour (WCAG 2.2, 1.4.3). */
export function isReadableOn(paper: string, theme: ThemeName): boolean {
  return contrast(FIGURE_THEMES[theme].muted, paper) >= 4.5;
}

/**
 * The colours that the page gives as custom properties, in a form that canvases know.
 * @param probe an element without content in the widget's tree, of its color-scheme
 */
export function givenColours(element: Element, probe: HTMLElement): Partial<Record<ColourName, string>> {
  const style = getComputedStyle(element);
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = style.getPropertyValue(`--qkscope-${name}`).trim();
      probe.style.color = value;
      return value === '' || probe.style.color === '' ? [] : [[name, getComputedStyle(probe).color]];
    }),
  );
}

export function figureColours({
  accent: _,
  ...colours
}: Partial<Record<ColourName, string>>): Partial<FigureTheme> {
  return colours;
}

/** Calls back when the page around may have changed its looks. @returns a function that ends it */
export function watchSurroundings(element: Element, onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  // Themes are switched by a class or an attribute of the document.
  for (const at of [document.documentElement, document.body, element])
    observer.observe(at, { attributes: true });
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', onChange);
  const onTransition = ({ target }: Event) => {
    if (target === document.body || target === document.documentElement) onChange();
  };
  document.addEventListener('transitionend', onTransition);
  return () => {
    observer.disconnect();
    query.removeEventListener('change', onChange);
    document.removeEventListener('transitionend', onTransition);
  };
}

let pixel: OffscreenCanvasRenderingContext2D | null = null;

/** A computed colour as "#rrggbb"; null where one sees through it. */
function opaqueColour(colour: string): string | null {
  if (colour === 'transparent' || colour === 'rgba(0, 0, 0, 0)') return null;
  pixel ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (pixel === null) return null;
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  if (alpha! < 128) return null;
  return `#${[red, green, blue].map((byte) => byte!.toString(16).padStart(2, '0')).join('')}`;
}
