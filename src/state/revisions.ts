// What the hub lists of a repository's revisions: branches and tags, and what their weight files hold.
import type { WireError } from '../core/errors.ts';
import type { HubRef, RevisionFiles } from '../core/repos/index.ts';
import type { CommitFiles } from '../worker/protocol.ts';
import type { Context } from './context.ts';
import { type HubSessionSlice, hubAccess } from './hubSession.ts';
import type { ModelState } from './modelState.ts';
import type { WantedCheckpoint } from './seriesTracks.ts';
import type { SettingsSlice } from './settings.ts';
import { createTask } from './task.ts';

/** The branches and tags of one repository on the hub. */
export interface RefsState {
  readonly repo: string;
  readonly hubUrl: string;
  readonly status: 'reading' | 'done' | 'failed';
  readonly list: readonly HubRef[];
  readonly error: WireError | null;
}

/** What the hub says of the weight files of a repository's revisions: their hashes, no byte of a weight. */
export interface RevisionFilesState {
  readonly repo: string;
  readonly hubUrl: string;
  readonly status: 'reading' | 'done' | 'cancelled';
  /** How many commits are listed. */
  readonly total: number;
  /** The commit that main names; null where there is no such branch. */
  readonly mainCommit: string | null;
  readonly byCommit: ReadonlyMap<string, RevisionFiles>;
  /** Why some couldn't be listed. */
  readonly failed: ReadonlyMap<string, WireError>;
}

export interface RevisionsSlice {
  /** Branches and tags of the repository that was listed last. */
  readonly refs: RefsState | null;
  /** Files of the repository whose revisions were compared last. */
  readonly revisionFiles: RevisionFilesState | null;
}

const CANCELLED: WireError = { code: 'cancelled', message: 'Cancelled.', permanent: false };

export const INITIAL_REVISIONS: RevisionsSlice = { refs: null, revisionFiles: null };

/** Lists branches and tags, and the files of a series' revisions and of main, so that copies of another revision are found. */
export function revisionsActions({
  store,
  client,
}: Context<RevisionsSlice & SettingsSlice & HubSessionSlice>) {
  const refsTask = createTask<readonly HubRef[]>();
  const filesTask = createTask<CommitFiles>();

  return {
    /** Lists a repository's branches and tags, unless they are known. */
    listRefs(repo: string): void {
      const { refs } = store.getState();
      const hub = hubAccess(store.getState());
      const { hubUrl } = hub;
      const isHere = refs?.repo === repo && refs.hubUrl === hubUrl;
      if (isHere && refs.status !== 'failed') return;
      const start: RefsState = { repo, hubUrl, status: 'reading', list: [], error: null };
      store.setState({ refs: start });
      refsTask.run((signal) => client.stream('refs', { repo, ...hub }, signal), {
        onEvent: (list) => store.setState({ refs: { ...start, status: 'done', list } }),
        onEnd(error) {
          if (error !== null) store.setState({ refs: { ...start, status: 'failed', error } });
        },
      });
    },
    /** Not listing them any more is a way on: they can be asked for again. */
    cancelRefs(): void {
      const { refs } = store.getState();
      if (refs?.status !== 'reading') return;
      refsTask.dispose();
      store.setState({ refs: { ...refs, status: 'failed', error: CANCELLED } });
    },
    /**
     * Lists the files of these points' commits that aren't known yet. Nothing is listed where the checkpoints aren't of the hub.
     */
    checkFiles(model: ModelState, points: readonly WantedCheckpoint[]): void {
      if (model.choice.kind !== 'hub') return;
      const { refs, revisionFiles } = store.getState();
      const hub = hubAccess(store.getState());
      const { hubUrl } = hub;
      const repo = model.model?.id ?? model.choice.repo;
      const isSame = revisionFiles?.repo === repo && revisionFiles.hubUrl === hubUrl;
      const branches = refs?.repo === repo && refs.hubUrl === hubUrl ? refs.list : [];
      const mainCommit =
        branches.find(({ name, kind }) => name === 'main' && kind === 'branch')?.commit ??
        (isSame ? revisionFiles.mainCommit : null);
      const byCommit = new Map(isSame ? revisionFiles.byCommit : []);
      const wanted = [mainCommit, ...points.map(({ commit }) => commit)].flatMap((commit) => commit ?? []);
      const commits = [...new Set(wanted)].filter((commit) => !byCommit.has(commit));
      filesTask.dispose();
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
      const request = { repo, commits, tensors, ...hub };
      filesTask.run((signal) => client.stream('revisionFiles', request, signal), {
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
    cancelCheck(): void {
      filesTask.dispose();
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
