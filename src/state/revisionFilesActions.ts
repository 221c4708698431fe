import type { StoreApi } from 'zustand/vanilla';
import type { WireError } from '../core/errors.ts';
import type { RevisionFiles } from '../core/repos/index.ts';
import type { WorkerClient } from '../worker/client.ts';
import type { CommitFiles } from '../worker/protocol.ts';
import type { AppState, ModelState } from './appState.ts';
import type { RevisionFilesState } from './compareState.ts';
import type { WantedCheckpoint } from './seriesTracks.ts';
import { createTask } from './task.ts';

/** Asks the hub what the weight files of a series' revisions hold, and of main, so that copies of another revision are found. */
export function revisionFilesActions(store: StoreApi<AppState>, client: WorkerClient) {
  const listing = createTask<CommitFiles>();

  return {
    /**
     * Lists the files of these points' commits that aren't known yet. Nothing is asked for where the points aren't of the hub.
     */
    check(model: ModelState, points: readonly WantedCheckpoint[]): void {
      if (model.choice.kind !== 'hub') return;
      const { settings, refs, token, revisionFiles } = store.getState();
      const { hubUrl } = settings;
      const repo = model.model?.id ?? model.choice.repo;
      const isSame = revisionFiles?.repo === repo && revisionFiles.hubUrl === hubUrl;
      const branches = refs?.repo === repo && refs.hubUrl === hubUrl ? refs.list : [];
      const mainCommit =
        branches.find(({ name, kind }) => name === 'main' && kind === 'branch')?.commit ??
        (isSame ? revisionFiles.mainCommit : null);
      const byCommit = new Map(isSame ? revisionFiles.byCommit : []);
      const wanted = [mainCommit, ...points.map(({ commit }) => commit)].flatMap((commit) => commit ?? []);
      const commits = [...new Set(wanted)].filter((commit) => !byCommit.has(commit));
      listing.dispose();
      const failed = new Map<string, WireError>();
      const put = (status: RevisionFilesState['status']) =>
        store.setState({
          revisionFiles: {
            ...{ repo, hubUrl, status, mainCommit },
            total: new Set(wanted).size,
            byCommit: new Map<string, RevisionFiles>(byCommit),
            failed: new Map(failed),
          },
        });
      if (commits.length === 0) {
        put('done');
        return;
      }
      put('reading');
      const tensors = qkTensors(model);
      const request = { repo, commits, tensors, hubUrl, token: token ?? undefined };
      listing.run((signal) => client.stream('revisionFiles', request, signal), {
        onEvent({ commit, files, error }) {
          if (files !== null) byCommit.set(commit, files);
          if (error !== null) failed.set(commit, error);
          put('reading');
        },
        onEnd(error) {
          if (error !== null)
            for (const commit of commits) if (!byCommit.has(commit)) failed.set(commit, error);
          put('done');
        },
      });
    },
    /** What is known stays. */
    cancel(): void {
      listing.dispose();
      store.setState(({ revisionFiles }) => ({
        revisionFiles:
          revisionFiles?.status === 'reading' ? { ...revisionFiles, status: 'cancelled' } : revisionFiles,
      }));
    },
  };
}

/** Names of the tensors that the open model's scores are read from. */
function qkTensors({ stacks }: ModelState): string[] {
  const names = stacks.flatMap(({ layers }) =>
    layers.flatMap(({ tensors }) => tensors.map(({ name }) => name)),
  );
  return [...new Set(names)];
}
