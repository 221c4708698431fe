// <qk-scope src="result.json">: the maps of a result as an element of any page.
import type { AnalysisResult } from '../core/result/index.ts';
import type { HeadRef } from '../figures/heatmapView.ts';
import { postMapEvents } from '../ui/embed/embedMessages.ts';
import { mountWidget } from './mountWidget.tsx';
import { createSession } from './session.ts';
import { VALUE_NAMES, type ValueName } from './values.ts';

/**
 * Shows the result at `src`, or the one that is set as `result`. Attributes: theme (light, dark, auto), palette, metric, sort, stack,
 * selection ("L5H1"). Events: `qkscope-ready` when its maps stand, `qkscope-select` when a head is pinned or let go; their `detail`
 * is that of an embedded map's messages (docs/embedding.md).
 */
export class QkScopeElement extends HTMLElement {
  static readonly observedAttributes: readonly string[] = VALUE_NAMES;

  readonly #session = createSession({
    baseUrl: () => this.baseURI,
    fetch: (url, init) => fetch(url, init),
  });
  #unmount: (() => void) | null = null;
  #result: unknown = null;

  constructor() {
    super();
    postMapEvents(this.#session.store, ({ type, source: _, ...detail }) => {
      this.dispatchEvent(new CustomEvent(`qkscope-${type}`, { detail, bubbles: true, composed: true }));
    });
  }

  connectedCallback(): void {
    // What was set before the element was defined is a property of its own, and hides the class's.
    for (const name of ['result', 'selection'] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = this[name];
      delete this[name];
      this.#session.set(name, value);
    }
    this.#unmount ??= mountWidget(this, this.#session);
  }

  disconnectedCallback(): void {
    // An element that is moved is in the page again at once.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#unmount?.();
      this.#unmount = null;
    });
  }

  attributeChangedCallback(name: ValueName, _before: string | null, value: string | null): void {
    this.#session.set(name, value);
  }

  /** A result or two: JSON, or its value. Null shows what `src` names. */
  get result(): AnalysisResult | readonly AnalysisResult[] | string | null {
    return this.#result as AnalysisResult | null;
  }

  set result(value: AnalysisResult | readonly AnalysisResult[] | string | null) {
    this.#result = value;
    this.#session.set('result', value);
  }

  /** The pinned head, counted from 0. */
  get selection(): HeadRef | null {
    return this.#session.store.getState().pinned;
  }

  set selection(head: HeadRef | string | null) {
    this.#session.set('selection', head);
  }
}
