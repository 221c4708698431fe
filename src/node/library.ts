// The library in Node: what `import … from 'qkscope'` gives there.
import { refused } from '../library/checkOptions.ts';
import { createLibrary } from '../library/createLibrary.ts';
import type { ScoreOptions } from '../library/scoreOptions.ts';
import type { Handlers } from '../worker/protocol.ts';
import { chooseModel, THREAD_ENTRY } from './index.ts';
import { createNodeHandlers, hubAccess, type NodeHandlersOptions } from './nodeHandlers.ts';

export type * from '../library/door.ts';
export { figureSvg, OpenQuestion, QKError, readResults, resultsToCsv } from '../library/door.ts';
export { localBlob as openFile } from './localFiles.ts';

function environment({ hubUrl, token }: ScoreOptions): NodeHandlersOptions['env'] {
  return {
    ...process.env,
    ...(hubUrl === undefined ? {} : { HF_ENDPOINT: hubUrl }),
    ...(token === undefined ? {} : { HF_TOKEN: token }),
  };
}

/** Made once for each way of scoring: the next model finds its threads waiting. */
const made = new Map<string, Promise<Handlers>>();

function handlersFor(options: ScoreOptions): Promise<Handlers> {
  const { engine = 'auto', threads, hubUrl, token } = options;
  const key = JSON.stringify([engine, threads, hubUrl, token]);
  let handlers = made.get(key);
  if (handlers === undefined) {
    handlers = createNodeHandlers({ env: environment(options), engine, threads, threadEntry: THREAD_ENTRY });
    made.set(key, handlers);
    // A failure isn't kept: the next try starts afresh.
    handlers.catch(() => made.delete(key));
  }
  return handlers;
}

const library = createLibrary<string>({
  async choose(model) {
    if (typeof model !== 'string') throw refused('A model', model, 'the name of one on the hub, or a path');
    return chooseModel(model);
  },
  hub: (options) => hubAccess(environment(options)),
  handlers: handlersFor,
});

export const { open, score, inspectHead } = library;
