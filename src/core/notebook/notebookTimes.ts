// The times of the notebook that this project comes from.
import type { Method } from '../engines/index.ts';
import type { ModelShape, ScopeName } from '../result/index.ts';
import { isNotebookModel, NOTEBOOK_MODELS, type NotebookModel, sameShape } from './notebookScores.ts';

/** A time that the origin notebook printed, of its own machine: float32 numpy, mean ± sd of 7 runs by %timeit. */
export interface NotebookTime {
  readonly method: Method;
  readonly scope: ScopeName;
  /** For the scope `head`. */
  readonly layer?: number;
  readonly head?: number;
  /** Heads in scope. */
  readonly heads: number;
  readonly dHead: number;
  /** As printed: "593 µs ± 38.3 µs per loop (mean ± std. dev. of 7 runs, 1,000 loops each)". */
  readonly printed: string;
  /** Per call, ms. */
  readonly meanMs: number;
  readonly sdMs: number;
}

/** The note under a table where the notebook's times stand beside made-up weights. */
export const OTHER_WEIGHTS_NOTE =
  'The notebook’s times are of its own machine and of a model’s weights, in float32; ours are of made-up weights of the same shape.';

/** Its trace-full stacks the weights of all layers before it multiplies them. */
export const TRACE_FULL_NOTE = 'The notebook’s trace-full time includes its stacking copy of all weights.';

interface NotebookTimings {
  readonly model: NotebookModel;
  readonly times: readonly NotebookTime[];
}

const TIMINGS: readonly NotebookTimings[] = [
  {
    model: NOTEBOOK_MODELS.bertLarge,
    // The dump is cut off within norm of head 5: left out.
    times: [
      ...oneHead(0, 64, '3.78 ms ± 241 µs', 100, '593 µs ± 38.3 µs', 1000),
      ...oneHead(1, 64, '3.95 ms ± 365 µs', 100, '690 µs ± 64.6 µs', 1000),
      ...oneHead(2, 64, '3.95 ms ± 208 µs', 100, '826 µs ± 252 µs', 1000),
      ...oneHead(3, 64, '4.16 ms ± 467 µs', 100, '703 µs ± 44.8 µs', 1000),
      ...oneHead(4, 64, '4.09 ms ± 246 µs', 100, '800 µs ± 107 µs', 1000),
    ],
  },
  {
    model: NOTEBOOK_MODELS.llama2,
    times: oneHead(0, 128, '123 ms ± 5 ms', 10, '4.94 ms ± 622 µs', 100),
  },
  {
    model: NOTEBOOK_MODELS.tinyStories,
    times: [
      { method: 'trace-full', scope: 'all', heads: 32, dHead: 64, ...parsePrinted('20.9 ms ± 184 µs', 10) },
    ],
  },
];

/** What the notebook has on a model. */
export interface NotebookMatch {
  readonly times: readonly NotebookTime[];
  /** False when it timed another head split than the one that is loaded: then the times say nothing per head. */
  readonly sameSplit: boolean;
  /** False for made-up weights of the same shape: the notebook's times are of a model's. */
  readonly sameWeights: boolean;
  /** The split that it used. */
  readonly shape: ModelShape;
}

/**
 * Returns the notebook's times by hub id, whatever the case of its letters; null when the notebook has no such
 * model.
 */
export function notebookFor(modelId: string, shape: ModelShape): NotebookMatch | null {
  const found = TIMINGS.find(({ model }) => isNotebookModel(model, modelId));
  if (!found) return null;
  return {
    times: found.times,
    sameSplit: sameShape(found.model.shape, shape),
    sameWeights: true,
    shape: found.model.shape,
  };
}

/**
 * Returns what the notebook has on a model of the very shape of made-up weights; null where it has none. Fewer
 * layers than the model's are its shape still for one head, not for all.
 */
export function notebookForShape(shape: ModelShape): NotebookMatch | null {
  const found = TIMINGS.find(({ model }) => sameShape({ ...model.shape, layers: shape.layers }, shape));
  if (!found) return null;
  const isWhole = found.model.shape.layers === shape.layers;
  return {
    times: isWhole ? found.times : found.times.filter(({ scope }) => scope !== 'all'),
    sameSplit: true,
    sameWeights: false,
    shape: found.model.shape,
  };
}

/** Returns the notebook's time for a row of ours, where it printed one. */
export function notebookTimeOf(
  match: NotebookMatch | null,
  row: { readonly method: Method; readonly scope: ScopeName },
  subject: { readonly layer: number; readonly head: number },
): NotebookTime | null {
  return (
    match?.times.find(
      (time) =>
        time.method === row.method &&
        time.scope === row.scope &&
        (time.scope !== 'head' || (time.layer === subject.layer && time.head === subject.head)),
    ) ?? null
  );
}

function oneHead(
  head: number,
  dHead: number,
  norm: string,
  normLoops: number,
  trace: string,
  traceLoops: number,
): NotebookTime[] {
  const place = { scope: 'head', layer: 0, head, heads: 1, dHead } as const;
  return [
    { ...place, method: 'norm', ...parsePrinted(norm, normLoops) },
    { ...place, method: 'trace', ...parsePrinted(trace, traceLoops) },
  ];
}

/** "3.78 ms ± 241 µs", as %timeit prints a mean and a standard deviation. */
function parsePrinted(time: string, loops: number): Pick<NotebookTime, 'printed' | 'meanMs' | 'sdMs'> {
  const [meanMs, sdMs] = time.split(' ± ').map((part) => {
    const [value, unit] = part.split(' ');
    return unit === 'µs' ? Number(value) / 1000 : Number(value);
  });
  const printed = `${time} per loop (mean ± std. dev. of 7 runs, ${loops.toLocaleString('en-US')} loops each)`;
  return { printed, meanMs: meanMs!, sdMs: sdMs! };
}
