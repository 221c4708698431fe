// What the page shows around the maps: the panel, the folder that its model is of, and a refusal.
import { toWire, type WireError } from '../core/errors.ts';
import type { CheckpointFolders } from '../core/repos/index.ts';
import type { Context } from './context.ts';
import { INITIAL_WAITS, type WaitsSlice, waitOutside } from './waits.ts';

export type PanelName = 'compare' | 'timing' | 'distribution' | 'scatter' | 'training' | 'notebook' | 'table';

export interface PageSlice extends WaitsSlice {
  readonly panel: PanelName;
  /** The folder whose checkpoints the page's model is of. */
  readonly folder: CheckpointFolders | null;
  /** A refusal before any model opened: an id that is none, a drop without weights. What is on the page stays. */
  readonly notice: WireError | null;
}

export const INITIAL_PAGE: PageSlice = {
  panel: 'distribution',
  folder: null,
  notice: null,
  ...INITIAL_WAITS,
};

/** Shows why something didn't come about; that the user cancelled it is no news. */
export function showProblem({ store }: Pick<Context<PageSlice>, 'store'>, error: unknown): void {
  const notice = toWire(error);
  if (notice.code !== 'cancelled') store.setState({ notice });
}

export function pageActions(ctx: Pick<Context<PageSlice>, 'store'>) {
  const { store } = ctx;
  return {
    setPanel(panel: PanelName): void {
      store.setState({ panel });
    },
    /** Shows a refusal that isn't a model's: a drop that couldn't be read. */
    showError: (error: unknown) => showProblem(ctx, error),
    /** Waits for what a part of the page asked of something outside (waits.ts). */
    waitFor: <T>(what: string, work: (signal: AbortSignal) => Promise<T>) => waitOutside(ctx, what, work),
    dismissNotice(): void {
      store.setState({ notice: null });
    },
  };
}
