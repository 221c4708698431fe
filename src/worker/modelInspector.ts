// Scored models that are inspected: their plans and last layers are cached, so that the next request is answered soon.
import type { Engine, EngineId } from '../core/engines/index.ts';
import { isAbort } from '../core/errors.ts';
import { type InspectedModel, inspectModel } from '../core/inspection/index.ts';
import type { Repo } from '../core/repos/index.ts';
import type { ScoredModel } from './protocol.ts';

/** The page shows two models at most. */
const MAX_CACHED = 2;

export interface ModelInspectorDeps {
  openRepo(request: ScoredModel, signal: AbortSignal): Promise<Repo>;
  allocate(bytes: number): Uint8Array;
  engine(id: EngineId): Promise<Engine>;
}

/** What an inspection computes with: the engine that scored the model, or the reference where that one is gone. */
interface InspectionEngines {
  readonly engine: Engine;
  readonly reference: Engine;
}

type Inspection<Request, Event> = (
  model: InspectedModel,
  request: Request,
  engines: InspectionEngines,
  signal: AbortSignal,
) => AsyncIterable<Event>;

/**
 * Turns what is computed of an opened model into a handler of requests that name the model.
 * @throws QKError 'file-changed' where the files aren't those that were scored any more
 */
export function createModelInspector({ openRepo, allocate, engine }: ModelInspectorDeps) {
  /** By model key, the last used last. */
  const models = new Map<string, Promise<InspectedModel>>();

  function open(request: ScoredModel, signal: AbortSignal): Promise<InspectedModel> {
    const { modelKey, layoutOverrides, convention, known } = request;
    const model =
      models.get(modelKey) ??
      openRepo(request, signal).then((repo) =>
        inspectModel(repo, { layoutOverrides, convention, known }, allocate, signal),
      );
    models.delete(modelKey);
    models.set(modelKey, model);
    // A failure or a cancellation isn't cached: the next request starts afresh.
    model.catch(() => {
      if (models.get(modelKey) === model) models.delete(modelKey);
    });
    for (const old of models.keys()) if (models.size > MAX_CACHED) models.delete(old);
    return model;
  }

  /** If another request started the load and was cancelled, this retries it for the caller. */
  async function opened(request: ScoredModel, signal: AbortSignal): Promise<InspectedModel> {
    try {
      return await open(request, signal);
    } catch (error) {
      if (!isAbort(error) || signal.aborted) throw error;
      return open(request, signal);
    }
  }

  async function engines(id: EngineId): Promise<InspectionEngines> {
    const reference = await engine('reference');
    return { engine: await engine(id).catch(() => reference), reference };
  }

  return <Request extends ScoredModel, Event>(inspect: Inspection<Request, Event>) =>
    async function* (request: Request, signal: AbortSignal): AsyncGenerator<Event> {
      const [model, tools] = await Promise.all([opened(request, signal), engines(request.engine)]);
      signal.throwIfAborted();
      yield* inspect(model, request, tools, signal);
    };
}
