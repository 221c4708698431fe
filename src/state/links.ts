// The page's address: what it opens, what it says, and the links that are copied from it. Its code is fetched when the page stands.
import type { AppState } from './appState.ts';
import type { Context } from './context.ts';
import { needed } from './lazyCode.ts';
import type { LinkWindow } from './linkHistory.ts';
import type { MadeLink } from './linkText.ts';
import type { RecentModel } from './recentModels.ts';
import { waitOutside } from './waits.ts';

const load = () => needed(import('./linkCode.ts'));
const LINK_CODE = 'this page’s server to send the code that reads and writes links';

export function linksActions(ctx: Context<AppState>) {
  return {
    /** Opens what the address names, and keeps it in step with the page from then on. */
    async follow(window: LinkWindow): Promise<void> {
      const { followCollection, followLinks, followRecentModels } = await waitOutside(ctx, LINK_CODE, load);
      followLinks(ctx, window);
      followCollection(ctx, window);
      followRecentModels(ctx);
    },
    /**
     * Finds how many bytes of weights scoring a model takes, by its headers alone; null where a question comes first.
     * @throws QKError with what went wrong
     */
    async bytesToRead(index: number): Promise<number | null> {
      const model = ctx.store.getState().models[index];
      if (model === undefined) return null;
      const hub = `${ctx.store.getState().settings.hubUrl} to give the files’ headers`;
      return waitOutside(ctx, hub, async (signal) => (await load()).bytesToRead(ctx, model, signal));
    },
    /** The models that were opened last, the newest first. */
    async recentModels(): Promise<readonly RecentModel[]> {
      return (await load()).recentModels(ctx.storage);
    },
    async clearRecentModels(): Promise<void> {
      (await load()).clearRecentModels(ctx.storage);
    },
    /**
     * Makes a link to what is on the page.
     * @throws QKError where its models can't be named, or their scores don't fit
     */
    async make(address: string, withScores: boolean): Promise<MadeLink> {
      const { makeLink } = await waitOutside(ctx, LINK_CODE, load);
      return makeLink(ctx.store.getState(), address, withScores);
    },
  };
}
