// The library in a browser. What it computes, it computes on the thread that calls it; the engine's threads are its own.
import { createEnginePool } from '../core/engines/index.ts';
import { type LocalFile, loadModelIds, type ModelChoice } from '../core/repos/index.ts';
import { createHandlers } from '../worker/handlers.ts';
import type { Handlers } from '../worker/protocol.ts';
import { refused } from './checkOptions.ts';
import { createLibrary } from './createLibrary.ts';
import type { ScoreOptions } from './scoreOptions.ts';

export type * from './door.ts';
export { figureSvg, OpenQuestion, QKError, readResults, resultsToCsv } from './door.ts';

/** A name on the hub ("owner/model@revision"), files with their paths in the model's folder, or files by their names. */
export type Model = string | readonly LocalFile[] | readonly File[];

async function choose(model: Model): Promise<ModelChoice> {
  if (typeof model !== 'string') {
    const isFile = (one: unknown) => one instanceof Blob || (one as LocalFile | null)?.blob instanceof Blob;
    if (!Array.isArray(model) || !model.every(isFile))
      throw refused('A model', model, 'the name of one on the hub, or a list of its files');
    const files = model.map((one) =>
      'blob' in one ? one : { path: one.webkitRelativePath || one.name, blob: one },
    );
    return { kind: 'local', files };
  }
  const { parseModelId } = await loadModelIds();
  const { repo, revision, path } = parseModelId(model);
  return { kind: 'hub', repo, revision, weights: path === undefined ? undefined : { path } };
}

const HUB_URL = 'https://huggingface.co';

let handlers: Handlers | null = null;

const library = createLibrary<Model>({
  choose,
  hub({ hubUrl = HUB_URL, token }: ScoreOptions) {
    return { hubUrl, token: token === undefined ? undefined : { value: token, hubUrl } };
  },
  async handlers() {
    handlers ??= createHandlers({
      gpu: navigator.gpu,
      pool: createEnginePool({ gpu: navigator.gpu, engines: ['webgpu', 'wasm', 'reference'] }),
      fetch: (input, init) => fetch(input, init),
      appVersion: __APP_VERSION__,
      opfs: undefined,
      crossOriginIsolated: globalThis.crossOriginIsolated ?? false,
    });
    return handlers;
  },
});

export const { open, score, inspectHead } = library;
