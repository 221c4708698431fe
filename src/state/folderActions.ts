import type { StoreApi } from 'zustand/vanilla';
import { checkpointFolders, type LocalFile, type ModelChoice } from '../core/index.ts';
import type { AppState } from './appState.ts';
import type { FolderState } from './compareState.ts';
import type { WantedPoint } from './seriesActions.ts';

type LocalChoice = Extract<ModelChoice, { kind: 'local' }>;

export interface FolderDeps {
  readonly store: StoreApi<AppState>;
  /** Puts these files on the page, and gives the key of the opening. */
  open(choice: LocalChoice, asked: string, target: FolderState['target']): number;
  /** Scores checkpoints of an open model. */
  startSeries(modelKey: number, name: string, word: string, points: readonly WantedPoint[]): void;
}

/** Files and folders that were dropped or picked. Of a folder of checkpoints the user says which; none is taken silently. */
export function folderActions({ store, open, startSeries }: FolderDeps) {
  return {
    /** Opens files, or asks which of a folder's checkpoints are meant. */
    take(files: readonly LocalFile[], target: FolderState['target']): void {
      if (files.length === 0) return;
      const found = checkpointFolders(files);
      if (found === null) {
        open({ kind: 'local', files }, files.length === 1 ? files[0]!.path : `${files.length} files`, target);
        return;
      }
      const { name, pattern, word, checkpoints, beside } = found;
      store.setState({
        folder: {
          name,
          pattern,
          word,
          target,
          isAsking: true,
          checkpoints: checkpoints.map((checkpoint) => ({
            name: checkpoint.name,
            step: checkpoint.step,
            choice: { kind: 'local', files: checkpoint.files },
          })),
          beside: beside === null ? null : { kind: 'local', files: beside },
        },
      });
    },
    /** One checkpoint by its place, the model beside them, or all of them in turn. */
    choose(which: number | 'beside' | 'all'): void {
      const { folder } = store.getState();
      if (folder === null) return;
      const at = which === 'all' ? folder.checkpoints.length - 1 : which;
      const checkpoint = at === 'beside' ? null : folder.checkpoints[at];
      const choice = checkpoint?.choice ?? folder.beside;
      if (choice === null) return;
      const key = open(choice, checkpoint?.name ?? folder.name, folder.target);
      // What is beside another model is no series of its own.
      store.setState({ folder: folder.target === 'page' ? { ...folder, isAsking: false } : null });
      if (which !== 'all') return;
      const points = folder.checkpoints.map((one) => ({
        label: one.name,
        step: one.step,
        choice: one.choice,
        commit: null,
      }));
      startSeries(key, folder.name, folder.word, points);
      store.setState({ panel: 'training' });
    },
    /** Closed without an answer: what is on the page stays. */
    drop(): void {
      store.setState({ folder: null });
    },
  };
}
