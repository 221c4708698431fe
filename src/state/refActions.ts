import type { StoreApi } from 'zustand/vanilla';
import type { Ticket, WorkerClient } from '../worker/client.ts';
import type { AppState } from './appState.ts';
import type { RefsState } from './compareState.ts';

/** A repository's branches and tags, asked for when someone wants to see them. */
export function refActions(store: StoreApi<AppState>, client: WorkerClient) {
  let ticket: Ticket | null = null;

  return {
    list(repo: string): void {
      const { refs, settings, token } = store.getState();
      const { hubUrl } = settings;
      const isHere = refs?.repo === repo && refs.hubUrl === hubUrl;
      if (isHere && refs.status !== 'failed') return;
      ticket?.cancel();
      const start: RefsState = { repo, hubUrl, status: 'reading', list: [], error: null };
      store.setState({ refs: start });
      const mine = client.send({ type: 'refs', repo, hubUrl, token: token ?? undefined }, (answer) => {
        // A newer question took its place.
        if (ticket !== mine) return;
        if (answer.type === 'refs') store.setState({ refs: { ...start, status: 'done', list: answer.refs } });
        if (answer.type === 'failed')
          store.setState({ refs: { ...start, status: 'failed', error: answer.error } });
      });
      ticket = mine;
    },
  };
}
