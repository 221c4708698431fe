// What an embedded map tells the page around it (docs/embedding.md). Nothing that comes the other way is read.
import type { StoreApi } from 'zustand/vanilla';
import { headName } from '../../figures/format.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { metricFor } from '../../figures/metric.ts';
import type { AppState } from '../../state/appState.ts';
import { headState } from '../heatmap/headText.ts';
import { viewsOfModels } from '../modelViews.ts';

/** A map stands: of which models, in the order in which they are shown. */
export interface ReadyMessage {
  readonly source: 'qkscope';
  readonly type: 'ready';
  readonly models: readonly {
    /** As above the map: "gpt2@607a30d". */
    readonly title: string;
    readonly id: string;
    readonly sha: string | null;
    readonly layers: number;
    readonly heads: number;
  }[];
}

/** A head was pinned, or let go. */
export interface SelectMessage {
  readonly source: 'qkscope';
  readonly type: 'select';
  /** Layer and head count from 0: "L5H1". */
  readonly head: { readonly name: string; readonly layer: number; readonly head: number } | null;
  readonly metric: string;
  /** The head's value in each model, whole; null where it has none. */
  readonly values: readonly (number | null)[];
}

export type EmbedMessage = ReadyMessage | SelectMessage;

/**
 * Posts what happens on the map from now on.
 * @returns a function that ends it
 */
export function postMapEvents(store: StoreApi<AppState>, post: (message: EmbedMessage) => void): () => void {
  let ready = '';
  let pinned: AppState['pinned'] = null;
  const follow = (state: AppState) => {
    const message = readyMessage(state);
    const text = JSON.stringify(message);
    if (message !== null && text !== ready) {
      ready = text;
      post(message);
    }
    if (ready === '' || state.pinned === pinned) return;
    pinned = state.pinned;
    post(selectMessage(state));
  };
  follow(store.getState());
  return store.subscribe(follow);
}

/** Null until each model has its map. */
function readyMessage({ models }: AppState): ReadyMessage | null {
  const views = viewsOfModels(models);
  if (views.length === 0) return null;
  const described = models.flatMap(({ model }, index) => {
    const view = views[index];
    if (model === null || !view) return [];
    const { title, shape } = view;
    return [{ title, id: model.id, sha: model.sha, layers: shape.layers, heads: shape.heads }];
  });
  return described.length < models.length ? null : { source: 'qkscope', type: 'ready', models: described };
}

function selectMessage({ models, pinned, metric }: AppState): SelectMessage {
  const views = viewsOfModels(models).filter((view): view is HeatmapView => view !== null);
  const value = (view: HeatmapView) => {
    const state = pinned === null ? null : headState(view, pinned, metricFor(metric));
    return state?.kind === 'scored' ? state.value : null;
  };
  return {
    source: 'qkscope',
    type: 'select',
    head:
      pinned === null
        ? null
        : { name: headName(pinned.layer, pinned.head), layer: pinned.layer, head: pinned.head },
    metric,
    values: pinned === null ? [] : views.map(value),
  };
}
