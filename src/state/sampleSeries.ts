// How the bundled sample was trained: the record of its training run, and its steps as a series.
import * as v from 'valibot';
import { QKError } from '../core/errors.ts';
import { symmetryScore } from '../core/metrics/symmetry.ts';
import type { AnalysisResult, StackResult } from '../core/result/index.ts';
import type { ModelState } from './modelState.ts';
import { type SeriesCheckpoint, type SeriesTrack, trackOf } from './seriesTracks.ts';

const Run = v.object({
  kind: v.picklist(['masked', 'causal']),
  seed: v.number(),
  bundled: v.boolean(),
  steps: v.pipe(
    v.array(v.object({ step: v.number(), heldOutLoss: v.number(), r: v.array(v.array(v.number())) })),
    v.minLength(1),
  ),
});

const Schema = v.object({
  schema: v.literal('qkscope/sample-training'),
  version: v.literal(1),
  model: v.object({ dModel: v.number() }),
  baselines: v.object({ unigram: v.number(), bigram: v.number() }),
  runs: v.array(Run),
});

/** How the bundled sample was trained: written by scripts/sample/train.py, the page's one source for what it says of it. */
export type SampleTraining = v.InferOutput<typeof Schema>;
export type SampleRun = v.InferOutput<typeof Run>;

/** @throws QKError when the record isn't served or isn't what the script writes */
export async function fetchSampleTraining(url: string, signal: AbortSignal): Promise<SampleTraining> {
  const response = await fetch(url, { signal });
  const parsed = v.safeParse(Schema, response.ok ? await response.json() : null);
  if (parsed.success) return parsed.output;
  throw new QKError('file-not-found', "The sample's training record isn't served with this page.", {
    where: url,
    hint: 'Serve the folder public/sample together with the page.',
  });
}

/**
 * The steps that the sample's training recorded, as a series of each of its sisters on the page; the last one is the model itself.
 * Empty until the sisters are scored, and under a convention other than the record's, which is raw.
 */
export function sampleTracks(training: SampleTraining, models: readonly ModelState[]): SeriesTrack[] {
  return models.flatMap((model) => {
    const { choice, result, origin } = model;
    if (choice.kind !== 'sample' || origin !== null || result === null || result.engine.id === 'recorded')
      return [];
    if (result.convention.name !== 'raw') return [];
    const run = training.runs.find(({ kind, bundled }) => bundled && kind === choice.name);
    if (run === undefined) return [];
    const points = run.steps.map((step, index): SeriesCheckpoint => {
      const isLast = index === run.steps.length - 1;
      const recorded = isLast ? result : recordedResult(result, step);
      return {
        label: `step ${step.step}`,
        step: step.step,
        choice,
        commit: null,
        status: 'done',
        scored: {
          result: recorded,
          stacks: isLast
            ? model.stacks
            : model.stacks.map((stack, at) => ({ ...stack, ...recorded.stacks[at] })),
          weightsOptions: [],
        },
        error: null,
      };
    });
    return [trackOf(model, run.kind, points, true)];
  });
}

/** r as the training run computed it, in the frame of what was scored of the finished model. */
function recordedResult(final: AnalysisResult, step: SampleRun['steps'][number]): AnalysisResult {
  return {
    ...final,
    model: { ...final.model, revision: `step ${step.step}`, sha: null, fingerprint: null },
    engine: {
      id: 'recorded',
      device: 'PyTorch, while it was trained',
      reason: 'the weights of this step are not bundled',
    },
    bytes: { read: 0, planned: 0, needed: 0, file: 0 },
    stacks: final.stacks.map((stack) => recordedStack(stack, step)),
    notes: [
      `r at step ${step.step} is as the sample’s training run recorded it; the weights of this step are not bundled, and nothing was computed here.`,
    ],
  };
}

function recordedStack(stack: StackResult, { r }: SampleRun['steps'][number]): StackResult {
  return {
    ...stack,
    layers: stack.layers.map(({ layer, heads }) => ({
      layer,
      tensors: [],
      heads: heads.map(({ head, kvHead }) => {
        const value = r[layer]?.[head];
        return value === undefined
          ? {
              head,
              kvHead,
              r: null,
              s: null,
              reason: { code: 'missing-tensor', reason: 'the record has no such head' },
            }
          : { head, kvHead, r: value, s: symmetryScore(value) };
      }),
    })),
  };
}
