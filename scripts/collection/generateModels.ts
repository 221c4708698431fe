// Makes up the results of many models, as a sweep would have them.
import { type AnalysisResult, RESULT_SCHEMA, RESULT_VERSION } from '../../src/core/result/index.ts';
import { RAW_CONVENTION } from '../../src/core/weights/convention.ts';

/** A family's shape, and where its heads lie: encoders high, decoders about nothing. */
const FAMILIES = [
  { type: 'llama', mean: 0.03, spread: 0.12 },
  { type: 'bert', mean: 0.42, spread: 0.2 },
  { type: 'gpt2', mean: 0.05, spread: 0.1 },
  { type: 'qwen2', mean: 0.02, spread: 0.11 },
  { type: 'mistral', mean: 0.04, spread: 0.12 },
  { type: 'roberta', mean: 0.38, spread: 0.22 },
  { type: 'gpt_neox', mean: -0.02, spread: 0.09 },
  { type: 'gemma', mean: 0.06, spread: 0.15 },
  { type: 'vit', mean: 0.25, spread: 0.2 },
  { type: 'opt', mean: 0.01, spread: 0.08 },
] as const;

/** A sequence of numbers in [0, 1) that is the same everywhere (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One model of layers × heads; a tenth of them say no size and no date. */
export function madeUpResult(index: number, layers = 10, heads = 10): AnalysisResult {
  const random = randomOf(index + 1);
  const family = FAMILIES[Math.floor(random() * FAMILIES.length)]!;
  const size = Math.round(1e7 * 10 ** (4 * random()));
  const isKnown = random() > 0.1;
  const shift = 0.1 * (random() - 0.5);
  const shape = { layers, heads, kvHeads: heads, dModel: 64 * heads, dHead: 64 };
  const normal = () => random() + random() + random() + random() - 2;
  return {
    ...{ schema: RESULT_SCHEMA, version: RESULT_VERSION, shape, convention: RAW_CONVENTION },
    model: {
      source: 'hub',
      id: `lab-${index % 37}/${family.type}-${index}`,
      ...{
        revision: 'main',
        sha: index.toString(16).padStart(40, '0'),
        fingerprint: index.toString(16).padStart(64, '0'),
      },
      ...{ format: 'safetensors', modelType: family.type, architecture: family.type, dtype: 'BF16' },
      ...(isKnown
        ? { parameters: size, published: new Date(Date.UTC(2022, 3) + 1.2e11 * random()).toISOString() }
        : {}),
    },
    engine: { id: 'wasm', device: 'made up', reason: 'made up' },
    bytes: { read: 1, planned: 1, needed: 1, file: 1 },
    stacks: [
      {
        ...{ name: 'self', shape },
        layers: Array.from({ length: layers }, (_, layer) => ({
          ...{ layer, tensors: [] },
          heads: Array.from({ length: heads }, (_, head) => {
            const s = Math.max(-1, Math.min(1, family.mean + shift + family.spread * normal()));
            const r = (1 + s) / 2;
            return { head, kvHead: head, r, s: 2 * r - 1, norm: 10 ** (1.5 * normal()) };
          }),
        })),
      },
    ],
    notes: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    app: { version: '0.0.0' },
  };
}
