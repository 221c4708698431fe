// Puts a widget into an element: a shadow tree with a style of its own, so that neither page nor widget styles the other.
import '../ui/styles/tokens.css';
import '../ui/styles/base.css';
import './widget.css';
import { createRoot } from 'react-dom/client';
import { pageActions } from '../state/page.ts';
import { selectionActions } from '../state/selection.ts';
import { viewActions } from '../state/view.ts';
import { AppContext } from '../ui/appContext.ts';
import { followHeight } from './followHeight.ts';
import type { Session } from './session.ts';
import {
  figureColours,
  givenColours,
  isReadableOn,
  readSurroundings,
  watchSurroundings,
} from './surroundings.ts';
import { WidgetMaps } from './WidgetMaps.tsx';

/**
 * Shows a session in an element of a page.
 * @returns a function that takes it out again
 */
export function mountWidget(element: HTMLElement, { store, widget, ...session }: Session): () => void {
  const shadow = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
  shadow.adoptedStyleSheets = [sheetOf(element.ownerDocument)];
  // JupyterLab's keys are for cells; it looks for this where the focus is, and that is this element, seen from outside.
  element.setAttribute('data-lm-suppress-shortcuts', 'true');
  const box = (className: string) => Object.assign(element.ownerDocument.createElement('div'), { className });
  const [probe, place] = [box('widget-probe'), box('widget')];
  shadow.replaceChildren(probe, place);

  const followLooks = () => {
    const around = readSurroundings(element);
    const { themeChoice } = widget.getState();
    const theme = themeChoice === 'auto' ? around.theme : themeChoice;
    for (const each of [probe, place]) each.dataset.theme = theme;
    const own = givenColours(element, probe);
    // It has the colour of the page where its texts can be read on that.
    if (themeChoice === 'auto' && around.paper !== null && isReadableOn(around.paper, theme))
      own.paper ??= around.paper;
    place.style.cssText = '';
    for (const [name, colour] of Object.entries(own)) place.style.setProperty(`--${name}`, colour);
    const colours = figureColours(own);
    if (JSON.stringify(colours) !== JSON.stringify(widget.getState().colours)) widget.setState({ colours });
    if (store.getState().settings.theme !== theme)
      store.setState(({ settings }) => ({ settings: { ...settings, theme } }));
  };
  followLooks();
  const ends = [
    watchSurroundings(element, followLooks),
    widget.subscribe((state, before) => {
      if (state.themeChoice !== before.themeChoice) followLooks();
    }),
    followHeight(probe, place, (height) => {
      place.toggleAttribute('data-sized', height > 0);
      widget.setState({ height });
    }),
  ];

  const root = createRoot(place);
  const actions = {
    selection: selectionActions({ store }),
    view: viewActions({ store }),
    page: pageActions({ store }),
  };
  root.render(
    <AppContext value={{ store, actions }}>
      <WidgetMaps session={{ store, widget, ...session }} />
    </AppContext>,
  );
  return () => {
    for (const end of ends) end();
    root.unmount();
    shadow.replaceChildren();
  };
}

const sheets = new WeakMap<Document, CSSStyleSheet>();

/** The one style of all widgets of a document: it can be adopted only in the document that it was made for. */
function sheetOf(document: Document): CSSStyleSheet {
  let sheet = sheets.get(document);
  if (sheet === undefined) {
    sheet = new (document.defaultView ?? window).CSSStyleSheet();
    sheet.replaceSync(__WIDGET_STYLE__);
    sheets.set(document, sheet);
  }
  return sheet;
}
