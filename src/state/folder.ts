// A dropped folder of checkpoints, of which the user is to say what is meant.
import type { CheckpointFolders, LocalFile, ModelChoice } from '../core/repos/index.ts';
import { openBeside } from './comparison.ts';
import type { Context } from './context.ts';
import { loadCheckpointFolders } from './lazyCode.ts';
import { type OpeningState, openOnPage } from './openings.ts';
import { showProblem } from './page.ts';
import { type WantedCheckpoint, withWeightsOf } from './seriesTracks.ts';
import { OPENING_CODE, waitOutside } from './waits.ts';

type LocalChoice = Extract<ModelChoice, { kind: 'local' }>;

/** A dropped folder of checkpoints, of which the user is to say what is meant. */
export interface PendingFolder {
  readonly found: CheckpointFolders;
  /** In place of all that is on the page, or beside the first model. */
  readonly target: 'page' | 'beside';
}

export interface FolderSlice {
  readonly pendingFolder: PendingFolder | null;
}

export const INITIAL_FOLDER: FolderSlice = { pendingFolder: null };

/** Scores checkpoints of an open model. */
type StartSeries = (
  modelKey: number,
  name: string,
  unit: string,
  checkpoints: readonly WantedCheckpoint[],
) => void;

/** A folder's checkpoints as points, of the weights that were chosen of the open one. */
export function folderCheckpoints(
  { checkpoints }: CheckpointFolders,
  open?: ModelChoice,
): WantedCheckpoint[] {
  return checkpoints.map(({ name, step, files }) => {
    const choice: ModelChoice = { kind: 'local', files, isCheckpoint: true };
    return {
      label: name,
      step,
      commit: null,
      choice: open === undefined ? choice : withWeightsOf(choice, open),
    };
  });
}

/** Files and folders that were dropped or picked. Of a folder of checkpoints the user says which; none is taken silently. */
export function folderActions(ctx: Context<FolderSlice & OpeningState>, startSeries: StartSeries) {
  const { store } = ctx;

  function open(choice: LocalChoice, label: string, target: PendingFolder['target']): number {
    return (target === 'beside' ? openBeside : openOnPage)(ctx, choice, label);
  }

  return {
    /** Opens files, or asks which of a folder's checkpoints are meant. */
    async take(files: readonly LocalFile[], target: PendingFolder['target']): Promise<void> {
      if (files.length === 0) return;
      let found: CheckpointFolders | null;
      try {
        const code = await waitOutside(ctx, OPENING_CODE, loadCheckpointFolders);
        found = code.checkpointFolders(files);
      } catch (error) {
        showProblem(ctx, error);
        return;
      }
      if (found === null) {
        open({ kind: 'local', files }, files.length === 1 ? files[0]!.path : `${files.length} files`, target);
        return;
      }
      store.setState({ pendingFolder: { found, target } });
    },
    /** One checkpoint by its place, the model beside them, or all of them in turn. */
    choose(which: number | 'beside' | 'all'): void {
      const { pendingFolder } = store.getState();
      if (pendingFolder === null) return;
      const { found, target } = pendingFolder;
      const at = which === 'all' ? found.checkpoints.length - 1 : which;
      const checkpoint = at === 'beside' ? null : found.checkpoints[at];
      const files = checkpoint?.files ?? found.beside;
      if (files === null) return;
      const choice: LocalChoice = { kind: 'local', files, ...(checkpoint != null && { isCheckpoint: true }) };
      const key = open(choice, checkpoint?.name ?? found.name, target);
      // What is beside another model is no series of its own.
      store.setState({ pendingFolder: null, ...(target === 'page' ? { folder: found } : {}) });
      if (which !== 'all') return;
      startSeries(key, found.name, found.word, folderCheckpoints(found));
      store.setState({ panel: 'training' });
    },
    /** Closed without an answer: what is on the page stays. */
    drop(): void {
      store.setState({ pendingFolder: null });
    },
  };
}
