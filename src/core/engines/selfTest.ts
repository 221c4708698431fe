// Checks an engine on a small known layer before it scores a model.
import { QKError } from '../errors.ts';
import { symmetryRatio } from '../metrics/symmetry.ts';
import { kvHeadOf, type LayerWeights } from '../weights/layerWeights.ts';
import type { MatrixView } from '../weights/matrixView.ts';
import { planCalls } from './calls.ts';
import type { Engine } from './engine.ts';

/** Odd sizes, so that edges of tiles and groups are met; two query heads share each key head, and one head is zero. */
const [HEADS, KV_HEADS] = [4, 2];
const SIZES = {
  small: { d: 7, dh: 5 },
  /** Enough work that several threads or workers take part; a software GPU would take seconds for it. */
  threaded: { d: 261, dh: 71 },
};
type Size = (typeof SIZES)[keyof typeof SIZES];
/** Float32 stays a hundred times below; a wrong order, scale or sum is far above. */
const TOLERANCE = 1e-5;
/** What scores a model. The comparison of methods checks the others itself: it shows each one's largest error. */
const METHOD = 'trace-heads';

/**
 * Scores a small known layer and compares with M formed in float64. A driver or browser that computes
 * wrongly is found before it scores a model.
 * @throws QKError 'engine-unavailable' naming the engine and what it gave
 */
export async function selfTest(engine: Engine): Promise<void> {
  const layer = knownLayer(SIZES[(engine.describe().threads ?? 1) > 1 ? 'threaded' : 'small']);
  const expected = layer.q.map((_, head) => ratioOf(layer, head));
  const handle = await engine.load([layer]);
  try {
    const { scores } = await engine.run(handle, planCalls(METHOD, { kind: 'all' }, handle));
    for (const [head, want] of expected.entries()) {
      const score = scores.find((candidate) => candidate.head === head);
      const got = score === undefined ? undefined : symmetryRatio(score);
      const isRight = want === null ? got === null : Math.abs((got ?? Number.NaN) - want) <= TOLERANCE;
      if (isRight) continue;
      throw new QKError(
        'engine-unavailable',
        `The ${engine.id} engine computes wrongly here: it gave ${String(got)} for a head whose r is ${String(want)}.`,
        {
          where: engine.describe().device,
          hint: 'Choose another engine; a newer browser or graphics driver may mend it.',
        },
      );
    }
  } finally {
    handle.release();
  }
}

/**
 * Makes a layer in which query heads 0 and 1 meet key head 0, heads 2 and 3 key head 1; head 3's queries are zero.
 */
function knownLayer({ d, dh }: Size): LayerWeights {
  const matrix = (seed: number, scale = 1): MatrixView => {
    const values = Float32Array.from(
      { length: d * dh },
      (_, index) => scale * Math.sin(seed + 1.7 * index * index),
    );
    const bytes = new Uint8Array(values.buffer);
    return { bytes, dtype: 'F32', offset: 0, rows: d, cols: dh, rowStride: 1, colStride: d };
  };
  return {
    stack: 'self',
    layer: 0,
    dModel: d,
    dHead: dh,
    q: Array.from({ length: HEADS }, (_, head) =>
      matrix(head, head === HEADS - 1 ? 0 : 10 ** (3 * head - 3)),
    ),
    k: Array.from({ length: KV_HEADS }, (_, head) => matrix(head + 0.2)),
  };
}

/** Computes r by its definition, in float64; null where M is zero. */
function ratioOf({ q, k, dModel: d, dHead: dh }: LayerWeights, head: number): number | null {
  const [query, key] = [q[head]!, k[kvHeadOf(head, HEADS, KV_HEADS)]!].map(
    ({ bytes }) => new Float32Array(bytes.buffer),
  );
  const m = new Float64Array(d * d);
  for (let c = 0; c < dh; c++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) m[i * d + j]! += query![c * d + i]! * key![c * d + j]!;
  let [symmetric, all] = [0, 0];
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      symmetric += ((m[i * d + j]! + m[j * d + i]!) / 2) ** 2;
      all += m[i * d + j]! ** 2;
    }
  return all === 0 ? null : symmetric / all;
}
