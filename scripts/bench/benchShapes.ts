import type { BenchmarkDeps, TimedEngine } from '../../src/core/benchmark/benchmarkPlan.ts';
import { runBenchmark } from '../../src/core/benchmark/runBenchmark.ts';
import { SHAPE_PRESETS } from '../../src/core/benchmark/shapePresets.ts';
import type { SyntheticDtype } from '../../src/core/benchmark/synthetic.ts';
import type { Method } from '../../src/core/engines/calls.ts';
import { createReferenceEngine } from '../../src/core/engines/reference/referenceEngine.ts';
import {
  type BenchmarkReport,
  engineName,
  type ScopeName,
  type TimedSpan,
} from '../../src/core/result/benchmarkReport.ts';
import { NUMPY_VARIANTS, type Numpy, type NumpyVariant, numpyPeer } from './numpyPeer.ts';
import type { PeerFacts } from './peerPackages.ts';

/** What `npm run bench` was asked for: plain data, that a page can be sent. */
export interface BenchOptions {
  /** Keys of SHAPE_PRESETS. */
  readonly shapes: readonly string[];
  readonly scopes: readonly ScopeName[];
  readonly methods: readonly Method[];
  readonly engines: readonly string[];
  readonly region: TimedSpan;
  /** What the weights are stored as. */
  readonly dtype: SyntheticDtype;
  /** Beside the engines; only a browser has them. */
  readonly peers: readonly PeerFacts[];
  readonly runs: number;
  /** Of every engine and of numpy; the machine's unless told. */
  readonly threads: number | undefined;
  /** Layers of a shape at most; all unless told. */
  readonly layers: number | undefined;
}

const SEED = 1;

/** Engines that differ: `wasm` told to take one thread is `wasm-one-thread`, and isn't timed twice. */
export function distinctEngines(engines: readonly TimedEngine[]): TimedEngine[] {
  const names = engines.map((engine) => engineName(engine.describe()));
  return engines.filter((_, at) => names.indexOf(names[at]!) === at);
}

/** The comparison of each shape, numpy's rows among the others, interleaved. */
export async function* benchShapes(
  options: BenchOptions,
  engines: readonly TimedEngine[],
  numpys: readonly Numpy[],
  environment: BenchmarkDeps['environment'],
  say: (text: string) => void,
): AsyncGenerator<BenchmarkReport> {
  for (const key of options.shapes) {
    const preset = SHAPE_PRESETS.find((one) => one.key === key);
    if (preset === undefined)
      throw new Error(`There is no shape "${key}"; take ${SHAPE_PRESETS.map((one) => one.key).join(', ')}.`);
    const shape = {
      ...preset.shape,
      layers: Math.min(preset.shape.layers, options.layers ?? preset.shape.layers),
    };
    const variants = Object.keys(NUMPY_VARIANTS) as NumpyVariant[];
    const peers = numpys.flatMap((numpy) => variants.map((one) => numpyPeer(numpy, one, shape, SEED)));
    const { scopes, methods, region, runs } = options;
    const job = {
      source: { kind: 'synthetic' as const, shape, seed: SEED, dtype: options.dtype },
      scopes,
      methods,
      region,
      runs,
      confirmed: true,
    };
    const events = runBenchmark(job, {
      engines: [...engines, ...(region === 'kernel' ? peers : [])],
      reference: createReferenceEngine(),
      now: () => performance.now(),
      random: Math.random,
      yieldToEventLoop: () => new Promise((settle) => setTimeout(settle, 0)),
      environment,
      date: () => new Date().toISOString(),
    });
    for await (const event of events) {
      if (event.type === 'progress') say(`${preset.name}: ${event.done} of ${event.total}, ${event.now}`);
      if (event.type === 'done')
        yield { ...event.report, subject: `${preset.name}, ${event.report.subject}` };
    }
  }
}
