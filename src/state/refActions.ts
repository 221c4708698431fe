import type { StoreApi } from 'zustand/vanilla';
import type { HubRef } from '../core/repos/index.ts';
import type { WorkerClient } from '../worker/client.ts';
import type { AppState } from './appState.ts';
import type { RefsState } from './compareState.ts';
import { createTask } from './task.ts';

/** A repository's branches and tags, asked for when someone wants to see them. */
export function refActions(store: StoreApi<AppState>, client: WorkerClient) {
  const listing = createTask<readonly HubRef[]>();

  return {
    list(repo: string): void {
      const { refs, settings, token } = store.getState();
      const { hubUrl } = settings;
      const isHere = refs?.repo === repo && refs.hubUrl === hubUrl;
      if (isHere && refs.status !== 'failed') return;
      const start: RefsState = { repo, hubUrl, status: 'reading', list: [], error: null };
      store.setState({ refs: start });
      listing.run((signal) => client.stream('refs', { repo, hubUrl, token: token ?? undefined }, signal), {
        onEvent: (list) => store.setState({ refs: { ...start, status: 'done', list } }),
        onEnd(error) {
          if (error !== null) store.setState({ refs: { ...start, status: 'failed', error } });
        },
      });
    },
  };
}
