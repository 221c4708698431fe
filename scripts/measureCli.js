// `npm run measure:cli`: `qkscope score` of a Llama-2-7b-shaped pair of F16 shards on disk, as a process of its own, in turns with
// numpy's way to the same heads (reading.py: reading, conversion to float32, one symmetric product a head); from its start to its first
// output on a terminal; and its peak memory beside the page's bound. The files are in the machine's cache: each has read them once before.
// Linux only: it reads /proc, and `script` plays the terminal.
//   --layers N (32: 2.1 GB of Q and K)  --rounds N (5)
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildCli } from './buildCli.js';
import { llama } from './largeCheckpoints.js';

const { values: options } = parseArgs({
  options: { layers: { type: 'string', default: '32' }, rounds: { type: 'string', default: '5' } },
});
const CLI = join(import.meta.dirname, '..', 'bin', 'qkscope.js');
/** Beside three layers' Q and K, as for the page reading a disk (memory/rendererMemory.js). */
const MARGIN_BYTES = 96e6;
const FIRST_OUTPUT_MS = 300;
const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
const spread = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, median, most] = [0, Math.floor(sorted.length / 2), -1].map((at) => sorted.at(at).toFixed(0));
  return `${median} ms (${least} to ${most})`;
};
const medianOf = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Runs Node with these arguments to its end. Returns how long it took, ms, and the most memory that it held, bytes. */
function run(parameters) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
    let peak = 0;
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      } catch {
        // It has just ended.
      }
    }, 10);
    child.on('exit', (code) => {
      clearInterval(timer);
      if (code === 0) resolve({ ms: performance.now() - began, peak });
      else reject(new Error(`${parameters.join(' ')} ended with ${code}`));
    });
  });
}

/** numpy's time for reading, conversion and products, ms: neither Python's start nor the headers count. */
function numpy(shards) {
  const script = join(import.meta.dirname, 'reading', 'reading.py');
  const { status, stdout, stderr } = spawnSync('python3', [script, ...shards], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`python3 with numpy is needed (python3-numpy): ${stderr}`);
  return Number(stdout);
}

/** From the start of `qkscope score` to its first byte on a terminal, ms. */
function firstOutput(model) {
  return new Promise((resolve) => {
    const began = performance.now();
    const command = `${process.execPath} ${CLI} score ${model} --engine wasm`;
    const child = spawn('script', ['-qec', command, '/dev/null'], { detached: true });
    child.stdout.once('data', () => {
      resolve(performance.now() - began);
      process.kill(-child.pid, 'SIGKILL');
    });
  });
}

if (!existsSync(join(dirname(CLI), '..', 'dist-cli', 'qkscope.js'))) await buildCli({ types: false });
const folder = mkdtempSync(join(tmpdir(), 'qkscope-measure-'));
try {
  const model = llama(folder, Number(options.layers));
  const shards = model.files.filter((file) => file.endsWith('.safetensors'));
  const where = dirname(shards[0]);
  const score = [CLI, 'score', where, '--engine', 'wasm', '--quiet', '-o', join(folder, 'result.json')];
  numpy(shards);
  await run(score);
  const [ours, theirs, firsts, peaks, idle] = [[], [], [], [], []];
  for (let round = 0; round < Number(options.rounds); round++) {
    const { ms, peak } = await run(score);
    ours.push(ms);
    peaks.push(peak);
    theirs.push(numpy(shards));
    firsts.push(await firstOutput(where));
    idle.push((await run(['-e', 'setTimeout(() => {}, 200)'])).peak);
  }
  const ratio = medianOf(theirs) / medianOf(ours);
  const first = medianOf(firsts);
  const [above, bound] = [Math.max(...peaks) - Math.min(...idle), 3 * model.layerBytes + MARGIN_BYTES];
  const verdict = (isMet) => (isMet ? 'met' : 'MISSED');
  console.log(`${model.name}, ${options.rounds} rounds, medians (least to most)`);
  console.log(
    `qkscope score, the whole process: ${spread(ours)}; numpy, reading to r: ${spread(theirs)}: ${ratio.toFixed(2)} × as fast, at least 1: ${verdict(ratio >= 1)}`,
  );
  console.log(
    `first output: ${spread(firsts)}, less than ${FIRST_OUTPUT_MS}: ${verdict(first < FIRST_OUTPUT_MS)}`,
  );
  console.log(
    `peak memory: ${mb(Math.max(...peaks))}, ${mb(above)} above an idle Node’s ${mb(Math.min(...idle))}; bound ${mb(bound)} (three layers' Q and K of ${mb(model.layerBytes)}, plus ${mb(MARGIN_BYTES)}): ${verdict(above <= bound)}`,
  );
  if (ratio < 1 || first >= FIRST_OUTPUT_MS || above > bound) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
