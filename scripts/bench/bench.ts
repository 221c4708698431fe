// `npm run bench`: the timing comparison in the terminal, on made-up weights of the notebook's shapes.
//   --browser          in headless Chromium instead of Node
//   --shapes a,b       ts16,ts64,bert (default), llama
//   --scopes a,b       head,layer (default), all
//   --methods a,b      all five unless told
//   --engines a,b      what Node, or the browser, can run unless told
//   --region NAME      kernel (default) or "upload + kernel"
//   --runs N           7
//   --layers N         of a shape at most
//   --dtype NAME       of the weights: F32 (default), F16, BF16
//   --threads N        of every engine that has threads and of numpy; 1 and the machine's unless told
//   --no-numpy         without the rows of python3's numpy
//   --peers            with --browser: tfjs's and jax-js's WebGPU beside the engines, where they are installed
//   --json FILE        the reports, every run's time in them
//   --compare FILE     an earlier FILE beside this one: the ratio of medians, row by row
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { TimedEngine } from '../../src/core/benchmark/benchmarkPlan.ts';
import { SYNTHETIC_DTYPES, type SyntheticDtype } from '../../src/core/benchmark/synthetic.ts';
import { METHODS, type Method } from '../../src/core/engines/calls.ts';
import {
  type BenchmarkReport,
  SCOPE_NAMES,
  type ScopeName,
  TIMED_SPANS,
  type TimedSpan,
} from '../../src/core/result/benchmarkReport.ts';
import { type BenchOptions, benchShapes, distinctEngines } from './benchShapes.ts';
import { compareReports, reportText } from './benchText.ts';
import { benchInBrowser } from './browserBench.ts';
import { NODE_ENGINES, nodeEngine, offerRelaxedSimd } from './nodeEngines.ts';
import type { Numpy } from './numpyPeer.ts';
import { startNumpy } from './numpyProcess.ts';
import { offeredPeers } from './peerPackages.ts';
import { measureWasmPeak, type WasmPeak } from './wasmPeak.ts';

const BROWSER_ENGINES = ['webgpu', 'wasm', 'wasm-one-thread', 'ort-webgpu', 'ort-wasm', 'reference'];

const { values } = parseArgs({
  options: {
    browser: { type: 'boolean', default: false },
    shapes: { type: 'string', default: 'ts16,ts64,bert' },
    scopes: { type: 'string', default: 'head,layer' },
    methods: { type: 'string', default: METHODS.join(',') },
    engines: { type: 'string' },
    region: { type: 'string', default: 'kernel' },
    dtype: { type: 'string', default: 'F32' },
    peers: { type: 'boolean', default: false },
    runs: { type: 'string', default: '7' },
    layers: { type: 'string' },
    threads: { type: 'string' },
    'no-numpy': { type: 'boolean', default: false },
    json: { type: 'string' },
    compare: { type: 'string' },
  },
});

function listOf<T extends string>(text: string, allowed: readonly T[], what: string): T[] {
  return text.split(',').map((one) => {
    if (!allowed.includes(one as T))
      throw new Error(`There is no ${what} "${one}"; take ${allowed.join(', ')}.`);
    return one as T;
  });
}

if (values.region === 'end to end')
  throw new Error(
    'Made-up weights are nowhere to be read from: take --region kernel or "upload + kernel". The page times a file end to end.',
  );
const threads = values.threads === undefined ? undefined : Number(values.threads);
if (threads !== undefined && !(Number.isSafeInteger(threads) && threads > 0))
  throw new Error(`--threads takes a whole number above 0, not "${values.threads}".`);
/** `wasm` has the threads that are asked for; its row on one thread isn't asked for then. */
const allEngines = (values.browser ? BROWSER_ENGINES : NODE_ENGINES).filter(
  (key) => threads === undefined || key !== 'wasm-one-thread',
);

const options: BenchOptions = {
  shapes: values.shapes.split(','),
  scopes: listOf<ScopeName>(values.scopes, SCOPE_NAMES, 'scope'),
  methods: listOf<Method>(values.methods, METHODS, 'method'),
  region: listOf<TimedSpan>(values.region, TIMED_SPANS, 'region')[0]!,
  dtype: listOf<SyntheticDtype>(values.dtype, SYNTHETIC_DTYPES, 'dtype')[0]!,
  peers: values.peers ? offeredPeers(values.browser) : [],
  runs: Number(values.runs),
  layers: values.layers === undefined ? undefined : Number(values.layers),
  threads,
  engines: values.engines?.split(',') ?? allEngines,
};
const say = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
};

const cores = availableParallelism();
const started = values['no-numpy']
  ? []
  : await Promise.all(
      [...new Set(options.threads === undefined ? [1, cores] : [options.threads])].map((threads) =>
        startNumpy(threads, options.dtype),
      ),
    );
const numpys = started.filter((one) => one !== null);
if (!values['no-numpy'] && numpys.length === 0) console.log('Left out: numpy (no python3 with numpy here).');

let reports: BenchmarkReport[] = [];
let peak: WasmPeak;
let where: string;
if (values.browser) {
  const answer = await benchInBrowser(options, numpys, say);
  reports = answer.reports;
  peak = answer.peak;
  where = `Chromium ${answer.version}`;
} else {
  where = `Node ${process.versions.node}${offerRelaxedSimd()}`;
  peak = measureWasmPeak();
  const engines: TimedEngine[] = [];
  for (const key of options.engines) {
    const engine = await nodeEngine(key, options.threads);
    if (typeof engine === 'string') console.log(`Left out: ${key} (${engine}).`);
    else engines.push(engine);
  }
  // Node's memory can be shared, as an isolated page's.
  const environment = { crossOriginIsolated: true, where: { runtime: 'node' as const, name: where }, cores };
  for await (const report of benchShapes(
    options,
    distinctEngines(engines),
    numpys as readonly Numpy[],
    environment,
    say,
  ))
    reports.push(report);
}
for (const { close } of numpys) close();
say('');

const machine = {
  where,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores,
  system: `${process.platform} ${process.arch}`,
  date: new Date().toISOString(),
  commit: commit(),
};
for (const report of reports) console.log(`${reportText(report)}\n`);
console.log(
  `${machine.where}; ${machine.cpu}, ${cores} cores; ${machine.system}; ${machine.date.slice(0, 10)}`,
);
console.log(
  `One core's 4 × float32 multiply-adds in WebAssembly, in registers alone: ${peak.plain.toFixed(1)} GF/s plain, ${peak.fused?.toFixed(1) ?? 'no'} fused`,
);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, peak, reports }, null, 1)}\n`);
if (values.compare) {
  const earlier = JSON.parse(readFileSync(values.compare, 'utf8')) as {
    machine: typeof machine;
    reports: BenchmarkReport[];
  };
  console.log(`\nAgainst ${earlier.machine.commit} (${earlier.machine.where}, ${earlier.machine.cpu}):`);
  console.log(compareReports(earlier.reports, reports));
}
process.exit(0);

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
