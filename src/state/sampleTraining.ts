import * as v from 'valibot';
import { QKError } from '../core/errors.ts';

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
