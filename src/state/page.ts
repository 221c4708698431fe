// What the page shows around the maps: the panel, the folder that its model is of, and a refusal.
import { toWire, type WireError } from '../core/errors.ts';
import type { CheckpointFolders } from '../core/repos/index.ts';
import type { Context } from './context.ts';

export type PanelName = 'compare' | 'timing' | 'distribution' | 'scatter' | 'training' | 'notebook' | 'table';

export interface PageSlice {
  readonly panel: PanelName;
  /** The folder whose checkpoints the page's model is of. */
  readonly folder: CheckpointFolders | null;
  /** A refusal before any model opened: an id that is none, a drop without weights. What is on the page stays. */
  readonly notice: WireError | null;
}

export const INITIAL_PAGE: PageSlice = { panel: 'distribution', folder: null, notice: null };

export function pageActions({ store }: Pick<Context<PageSlice>, 'store'>) {
  return {
    setPanel(panel: PanelName): void {
      store.setState({ panel });
    },
    /** Shows a refusal that isn't a model's: a drop that couldn't be read. */
    showError(error: unknown): void {
      store.setState({ notice: toWire(error) });
    },
    dismissNotice(): void {
      store.setState({ notice: null });
    },
  };
}
