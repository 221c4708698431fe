// The library's door: opens, scores and inspects models wherever it runs.
import { isAbort, QKError } from '../core/errors.ts';
import type { HeadDetail } from '../core/inspection/index.ts';
import type { ModelChoice } from '../core/repos/index.ts';
import type { AnalysisResult } from '../core/result/index.ts';
import { conventionOf } from '../core/weights/convention.ts';
import type { Handlers, HubAccess } from '../worker/protocol.ts';
import { checkOptions, refused } from './checkOptions.ts';
import { type ScoreEvent, type ScoreRequest, scoredModel, scoreEvents } from './scoreModel.ts';
import type { ScoreOptions } from './scoreOptions.ts';

/** One head of a model. */
export interface HeadName {
  readonly layer: number;
  readonly head: number;
  /** The first one by default. */
  readonly stack?: string | undefined;
}

/** Headers that are read: what there is to score, and what it takes. */
export type OpenedModel = Extract<ScoreEvent, { type: 'plan' }>;

/** What the library needs of the place where it runs. */
export interface Platform<Model> {
  /** @throws QKError for an engine that can't be here */
  handlers(options: ScoreOptions): Promise<Handlers>;
  hub(options: ScoreOptions): HubAccess;
  choose(model: Model): Promise<ModelChoice>;
}

export interface Library<Model> {
  /** Reads a model's headers: its stacks, shapes and the bytes that scoring it takes. No weight is read. */
  open(model: Model, options?: ScoreOptions): Promise<OpenedModel>;
  /** Scores every head of a model. */
  score(model: Model, options?: ScoreOptions): Promise<AnalysisResult>;
  /** One head in detail: spectrum, ranks, energy, A, B and C, its partners. */
  inspectHead(model: Model, head: HeadName, options?: ScoreOptions): Promise<HeadDetail>;
}

/** Makes the door's functions for one platform. Each throws QKError, or OpenQuestion where the files leave something open. */
export function createLibrary<Model>(platform: Platform<Model>): Library<Model> {
  async function requestOf(model: Model, options: ScoreOptions): Promise<ScoreRequest> {
    checkOptions(options);
    const { engine = 'auto', convention, metrics, heads, mapping } = options;
    const { layerNorm = false, qkNorm = false, ropeOffset = 0 } = convention ?? {};
    return {
      ...platform.hub(options),
      choice: await platform.choose(model),
      engine,
      answers: { heads, mapping },
      convention: conventionOf({ layerNorm, qkNorm, ropeOffset }),
      metrics,
    };
  }

  async function last<T extends ScoreEvent['type']>(
    handlers: Handlers,
    request: ScoreRequest,
    type: T,
    { signal = new AbortController().signal, onEvent }: ScoreOptions,
  ): Promise<Extract<ScoreEvent, { type: T }>> {
    let found: Extract<ScoreEvent, { type: T }> | null = null;
    try {
      for await (const event of scoreEvents(handlers, request, signal)) {
        onEvent?.(event);
        if (event.type === type) found = event as Extract<ScoreEvent, { type: T }>;
      }
    } catch (error) {
      // Whatever the signal's reason is: a time limit's, or the caller's own.
      if (signal.aborted && !isAbort(error))
        throw new QKError('cancelled', 'Cancelled.', { cause: signal.reason });
      throw error;
    }
    if (found === null) throw new QKError('internal', `The run ended without “${type}”.`);
    return found;
  }

  async function open(model: Model, options: ScoreOptions = {}): Promise<OpenedModel> {
    const request = await requestOf(model, options);
    return last(await platform.handlers(options), { ...request, headersOnly: true }, 'plan', options);
  }

  return {
    open,
    async score(model, options = {}) {
      const request = await requestOf(model, options);
      const handlers = await platform.handlers(options);
      return (await last(handlers, request, 'done', options)).result;
    },
    async inspectHead(model, name, options = {}) {
      if (typeof name !== 'object' || name === null)
        throw refused(
          'The head',
          name,
          '{ layer, head }, counted from 0, and the stack where there are several',
        );
      const request = await requestOf(model, options);
      const handlers = await platform.handlers(options);
      const plan = await last(handlers, { ...request, headersOnly: true }, 'plan', options);
      const { choice, convention, hubUrl, token, keepsBytes } = request;
      const { layoutOverrides } = plan;
      const reading = { choice, convention, layoutOverrides, hubUrl, token, keepsBytes };
      const place = placeOf(name, plan);
      const { signal = new AbortController().signal } = options;
      let detail: HeadDetail | null = null;
      const parts = handlers.headDetail({ ...scoredModel(reading, plan), place }, signal);
      for await (const part of parts) detail = part;
      if (detail === null) throw new QKError('internal', 'The head’s detail ended before it began.');
      return detail;
    },
  };
}

/** The head that is meant. @throws QKError where the model hasn't such a one */
function placeOf(
  { layer, head, stack: name }: HeadName,
  { stacks }: OpenedModel,
): Required<HeadName> & { stack: string } {
  const stack = name === undefined ? stacks[0] : stacks.find((one) => one.name === name);
  if (stack === undefined)
    throw refused('“stack”', name, `one of ${stacks.map((one) => one.name).join(', ')}`);
  const { heads: count } = stack.layers.find((row) => row.layer === layer)?.shape ?? stack.shape;
  const isIndex = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
  if (!isIndex(layer)) throw refused('“layer”', layer, 'a whole number, counted from 0');
  if (!isIndex(head) || head >= count) throw refused('“head”', head, `one of 0 … ${count - 1}`);
  return { stack: stack.name, layer, head };
}
