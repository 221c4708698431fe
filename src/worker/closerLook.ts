import type { Engine, EngineId } from '../core/engines/index.ts';
import { isAbort } from '../core/errors.ts';
import {
  allPartners,
  type HeadDetail,
  headDetail,
  type InspectedModel,
  inspectModel,
  layerMeasures,
  type MeasuresEvent,
  type PartnersEvent,
} from '../core/inspection/index.ts';
import type { Repo } from '../core/repos/index.ts';
import type { HeadRequest, MeasuresRequest, PartnersRequest, ScoredModel } from './protocol.ts';

/** Models on the page: two. */
const MODELS_KEPT = 2;

export interface CloserLookDeps {
  openRepo(request: ScoredModel, signal: AbortSignal): Promise<Repo>;
  allocate(bytes: number): Uint8Array;
  engine(id: EngineId): Promise<Engine>;
}

/** Answers what is asked of a scored model. Its plan and its last layer stay here, so that the next head is soon told. */
export function createCloserLook({ openRepo, allocate, engine }: CloserLookDeps) {
  /** By their keys, the last used last. */
  const models = new Map<string, Promise<InspectedModel>>();

  function open(request: ScoredModel, signal: AbortSignal): Promise<InspectedModel> {
    const { modelKey, answers, convention, known } = request;
    const model =
      models.get(modelKey) ??
      openRepo(request, signal).then((repo) =>
        inspectModel(repo, { answers, convention, known }, allocate, signal),
      );
    models.delete(modelKey);
    models.set(modelKey, model);
    // A failure or a cancellation isn't kept: the next request starts afresh.
    model.catch(() => {
      if (models.get(modelKey) === model) models.delete(modelKey);
    });
    for (const old of models.keys()) if (models.size > MODELS_KEPT) models.delete(old);
    return model;
  }

  /** Who waits for an opening that another request began isn't cancelled with it. */
  async function opened(request: ScoredModel, signal: AbortSignal): Promise<InspectedModel> {
    try {
      return await open(request, signal);
    } catch (error) {
      if (!isAbort(error) || signal.aborted) throw error;
      return open(request, signal);
    }
  }

  /** The engine that scored the model; the reference where it is gone. */
  async function engines(id: EngineId): Promise<{ readonly engine: Engine; readonly reference: Engine }> {
    const reference = await engine('reference');
    return { engine: await engine(id).catch(() => reference), reference };
  }

  return {
    async *measures(request: MeasuresRequest, signal: AbortSignal): AsyncGenerator<MeasuresEvent> {
      const [model, tools] = await Promise.all([opened(request, signal), engines(request.engine)]);
      signal.throwIfAborted();
      yield* layerMeasures(model, request.what, tools, signal);
    },
    async *partners(request: PartnersRequest, signal: AbortSignal): AsyncGenerator<PartnersEvent> {
      const [model, tools] = await Promise.all([opened(request, signal), engines(request.engine)]);
      signal.throwIfAborted();
      yield* allPartners(model, request.place, tools, signal);
    },
    async *head(request: HeadRequest, signal: AbortSignal): AsyncGenerator<HeadDetail> {
      const [model, tools] = await Promise.all([opened(request, signal), engines(request.engine)]);
      signal.throwIfAborted();
      yield* headDetail(model, request.place, tools, signal);
    },
  };
}
