// The widget: the maps of a result in notebooks (a front-end module of anywidget's) and in any page (the element <qk-scope>). It
// shows results; scoring is the page's and the command line's. Built by scripts/buildWidget.js.
import type { AnyModel } from './anyModel.ts';
import { followModel } from './followModel.ts';
import { mountWidget } from './mountWidget.tsx';
import { QkScopeElement } from './QkScopeElement.ts';
import { createSession } from './session.ts';

export type { AnyModel, QkScopeElement };

/**
 * Shows a model's `result` in an element, as hosts of anywidget's modules call it.
 * @returns a function that takes it out again
 */
export function render({ model, el }: { readonly model: AnyModel; readonly el: HTMLElement }): () => void {
  const place = el.ownerDocument.createElement('div');
  place.className = 'qk-scope';
  el.append(place);
  const session = createSession({
    baseUrl: () => document.baseURI,
    fetch: (url, init) => fetch(url, init),
  });
  const unfollow = followModel(model, session);
  const unmount = mountWidget(place, session);
  return () => {
    unfollow();
    session.dispose();
    unmount();
    place.remove();
  };
}

export default { render };

// Notebooks load a module anew for each widget: the first one's element stays.
if (customElements.get('qk-scope') === undefined) customElements.define('qk-scope', QkScopeElement);

declare global {
  interface HTMLElementTagNameMap {
    'qk-scope': QkScopeElement;
  }
}
