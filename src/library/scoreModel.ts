// Scores one model: the page's own pipeline, its questions answered, and what else is to be measured of it.
import type { AnalysisEvent } from '../core/analysis/index.ts';
import type { LayoutOverrides } from '../core/architectures/inferLayout.ts';
import type { EngineChoice } from '../core/engines/index.ts';
import { fromWire } from '../core/errors.ts';
import { type LayerMetric, mergeLayerMetrics } from '../core/inspection/index.ts';
import type { ModelChoice } from '../core/repos/index.ts';
import type { AnalysisResult } from '../core/result/index.ts';
import type { Convention } from '../core/weights/convention.ts';
import type { Handlers, HubAccess, ScoredModel } from '../worker/protocol.ts';
import { type Answers, createAnswerBook, OpenQuestion } from './answers.ts';

export interface ScoreRequest extends HubAccess {
  readonly choice: ModelChoice;
  readonly engine: EngineChoice;
  readonly answers?: Answers | undefined;
  /** Raw where it is left out. */
  readonly convention?: Convention | undefined;
  /** What is measured of whole layers beside r, s and ‖M‖ of each head. */
  readonly metrics?: readonly LayerMetric[] | undefined;
  /** Ends with the plan: no weight is read. */
  readonly headersOnly?: boolean | undefined;
}

/** What is heard of a run: the page's events, but for a question or a failure, which are thrown. */
export type ScoreEvent =
  | Exclude<AnalysisEvent, { type: 'question' | 'failed' | 'plan' }>
  /** What will be read, and the answers that it takes. */
  | (Extract<AnalysisEvent, { type: 'plan' }> & { readonly layoutOverrides: LayoutOverrides })
  /** How far the measuring of whole layers is, 0 … 1; it reads the weights once more. */
  | { readonly type: 'metric'; readonly what: LayerMetric; readonly fraction: number };

/**
 * Scores a model and reports how it goes; `done` comes last, with all that was asked for.
 * @throws OpenQuestion where the files leave something open; QKError
 */
export async function* scoreEvents(
  handlers: Pick<Handlers, 'analyse' | 'layerMetrics'>,
  request: ScoreRequest,
  signal: AbortSignal,
): AsyncGenerator<ScoreEvent> {
  const { choice, engine, convention, metrics = [], headersOnly, hubUrl, token, keepsBytes } = request;
  const book = createAnswerBook(request.answers ?? {});
  const access = { hubUrl, token, keepsBytes };
  for (let isRead = false; !isRead; ) {
    isRead = true;
    const layoutOverrides = book.overrides();
    const reading = { choice, layoutOverrides, convention, ...access };
    for await (const event of handlers.analyse({ ...reading, engine, headersOnly }, signal)) {
      if (event.type === 'failed') throw fromWire(event.error);
      if (event.type === 'question') {
        if (!book.answer(event.question))
          throw new OpenQuestion(event.question, 'Answer it with the options `heads` and `mapping`.');
        isRead = false;
        break;
      }
      if (event.type === 'plan') {
        if (book.apply(event.stacks)) {
          isRead = false;
          break;
        }
        yield { ...event, layoutOverrides };
        continue;
      }
      if (event.type !== 'done' || metrics.length === 0) {
        yield event;
        continue;
      }
      let { result } = event;
      for (const what of metrics)
        for await (const step of measured(handlers, scoredModel(reading, result), what, signal)) {
          if ('fraction' in step) yield { type: 'metric', what, fraction: step.fraction };
          else result = { ...result, stacks: mergeLayerMetrics(result.stacks, step) };
        }
      yield { ...event, result };
    }
  }
}

async function* measured(
  handlers: Pick<Handlers, 'layerMetrics'>,
  model: ScoredModel,
  what: LayerMetric,
  signal: AbortSignal,
) {
  for await (const event of handlers.layerMetrics({ ...model, what }, signal)) {
    if (event.type === 'progress') yield { fraction: event.fraction };
    if (event.type === 'layer') yield event.measures;
  }
}

let lastKey = 0;

/** Names a scored model, so that it is read again as it was read: at its commit, its weights. */
export function scoredModel(
  reading: Omit<ScoredModel, 'modelKey' | 'known' | 'engine'>,
  { model, engine }: Pick<AnalysisResult, 'model' | 'engine'>,
): ScoredModel {
  const { choice } = reading;
  const pinned: ModelChoice =
    choice.kind === 'hub' && model.sha !== null && model.weights !== undefined
      ? { kind: 'hub', repo: choice.repo, revision: model.sha, weights: { path: model.weights } }
      : choice;
  return {
    ...reading,
    choice: pinned,
    modelKey: `${++lastKey}`,
    known: { sha: model.sha, fingerprint: model.fingerprint },
    engine: engine.id === 'recorded' ? 'reference' : engine.id,
  };
}
