import type { StoreApi } from 'zustand/vanilla';
import type { WireError } from '../core/errors.ts';
import type { RevisionFiles } from '../core/repos/index.ts';
import type { Ticket, WorkerClient } from '../worker/client.ts';
import type { AppState, ModelState } from './appState.ts';
import type { RevisionFilesState } from './compareState.ts';
import type { WantedPoint } from './seriesTracks.ts';

/** Asks the hub what the weight files of a series' revisions hold, and of main, so that copies of another revision are found. */
export function revisionFilesActions(store: StoreApi<AppState>, client: WorkerClient) {
  let ticket: Ticket | null = null;

  function halt(): void {
    ticket?.cancel();
    ticket = null;
  }

  return {
    /**
     * Lists the files of these points' commits that aren't known yet. Nothing is asked for where the points aren't of the hub.
     */
    check(model: ModelState, points: readonly WantedPoint[]): void {
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
      halt();
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
      const mine = client.send(
        { type: 'revisionFiles', repo, commits, tensors, hubUrl, token: token ?? undefined },
        (answer) => {
          // A newer question took its place, or it was cancelled.
          if (ticket !== mine) return;
          if (answer.type === 'revisionFiles') {
            if (answer.files !== null) byCommit.set(answer.commit, answer.files);
            if (answer.error !== null) failed.set(answer.commit, answer.error);
            put('reading');
          }
          if (answer.type === 'failed')
            for (const commit of commits) if (!byCommit.has(commit)) failed.set(commit, answer.error);
          if (answer.type === 'end') put('done');
        },
      );
      ticket = mine;
    },
    /** What is known stays. */
    cancel(): void {
      halt();
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
