// Runs one job of the WASM engine: the kernels' calls for some heads.
import type { Kernels } from './kernelModule.ts';
import { COLUMN_STEP, PANEL_COLUMNS, PANEL_ROW_BYTES, STRIP_COLUMNS } from './kernels/panel.ts';
import { type MatrixSource, PACKINGS } from './matrixSource.ts';
import { type ScratchLayout, scratchLayout } from './scratch.ts';

/** A piece of work for one thread; all of it numbers, so that it can lie in shared memory (jobTable.ts). */
export interface Job {
  readonly kernel: 'trace' | 'norm';
  readonly dModel: number;
  readonly dHead: number;
  readonly k: MatrixSource;
  /** trace: the query heads that share k. norm: one. */
  readonly q: readonly MatrixSource[];
  /** norm: the panel whose rows of M are formed, with all panels from it on. */
  readonly panel: number;
}

/** What a job gives for each of its query heads. */
export interface JobResult {
  /** trace: tr(CC) and tr(AB). norm: Σ (M + Mᵀ)² and Σ M² over the job's tiles. */
  readonly first: number;
  readonly second: number;
  /** trace: Σᵢ Aᵢᵢ Bᵢᵢ. norm: 0. */
  readonly diagonal: number;
  /** Largest magnitudes, float32 bits. */
  readonly qMagnitude: number;
  readonly kMagnitude: number;
}

/** Runs one job on this thread. `scratch` is the address of scratchLayout(dHead).bytes of memory. */
export function runJob(kernels: Kernels, memory: WebAssembly.Memory, scratch: number, job: Job): JobResult[] {
  const layout = scratchLayout(job.dHead);
  const work: Work = { kernels, memory, scratch, layout, job };
  return job.kernel === 'trace' ? traceHeads(work) : normRow(work);
}

/** The four products of a pair, each [features, features] float32 with dh in front, and the largest magnitudes. */
export interface PairProducts {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly c: Float32Array;
  readonly cBack: Float32Array;
  readonly features: number;
  readonly magnitudes: { readonly qg: number; readonly qh: number; readonly kg: number; readonly kh: number };
}

/** As runJob, for the products themselves. */
export function runPair(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  scratch: number,
  shape: Pick<Job, 'dModel' | 'dHead'>,
  of: Readonly<Record<'qg' | 'qh' | 'kg' | 'kh', MatrixSource>>,
): PairProducts {
  const layout = scratchLayout(shape.dHead);
  const job: Job = { ...shape, kernel: 'trace', k: of.kg, q: [of.qg], panel: 0 };
  const work: Work = { kernels, memory, scratch, layout, job };
  const { features, gramBytes } = layout;
  const [qg, kg] = layout.panels.map((offset) => scratch + offset) as [number, number];
  const [qh, kh] = layout.pairPanels.map((offset) => scratch + offset) as [number, number];
  clearPadding(work, [...layout.panels, ...layout.pairPanels]);
  const magnitudes = { qg: 0, qh: 0, kg: 0, kh: 0 };
  const products = [0, 1, 2, 3].map((index) => scratch + layout.pairProducts + index * gramBytes);
  for (let from = 0; from < shape.dModel; from += PANEL_COLUMNS) {
    const panels = { qg, qh, kg, kh };
    for (const name of ['qg', 'qh', 'kg', 'kh'] as const)
      magnitudes[name] = Math.max(magnitudes[name], pack(work, of[name], from, panels[name]));
    const bytes = paddedColumns(job, from) * 4;
    // gram writes G[j][i] = Σ x[i] y[j]: y's features are its rows.
    for (const [index, [x, y]] of [
      [qh, qg],
      [kh, kg],
      [qh, kg],
      [qg, kh],
    ].entries())
      kernels.gram(x!, y!, features, features, bytes, products[index]!, from === 0 ? 1 : 0, 0);
  }
  const [a, b, c, cBack] = products.map((address) =>
    new Float32Array(memory.buffer, address, features * features).slice(),
  );
  return { a: a!, b: b!, c: c!, cBack: cBack!, features, magnitudes };
}

interface Work {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly scratch: number;
  readonly layout: ScratchLayout;
  readonly job: Job;
}

function traceHeads(work: Work): JobResult[] {
  const { kernels, scratch, layout, job } = work;
  const { features, gramBytes } = layout;
  const [q, k] = [scratch + layout.panels[0], scratch + layout.panels[1]];
  const [b, firstA] = [scratch + layout.b, scratch + layout.ac];
  const heads = job.q.length;
  const qMagnitudes = new Array<number>(heads).fill(0);
  let kMagnitude = 0;
  clearPadding(work, layout.panels);
  for (let from = 0; from < job.dModel; from += PANEL_COLUMNS) {
    const isFirst = from === 0 ? 1 : 0;
    const bytes = paddedColumns(job, from) * 4;
    kMagnitude = Math.max(kMagnitude, pack(work, job.k, from, k));
    kernels.gram(k, k, features, features, bytes, b, isFirst, 1);
    for (let head = 0, a = firstA; head < heads; head++, a += 2 * gramBytes) {
      qMagnitudes[head] = Math.max(qMagnitudes[head]!, pack(work, job.q[head]!, from, q));
      kernels.gram(q, q, features, features, bytes, a, isFirst, 1);
      kernels.gram(q, k, features, features, bytes, a + gramBytes, isFirst, 0);
    }
  }
  const out = scratch + layout.out;
  const sums = new Float64Array(work.memory.buffer, out, 3);
  return qMagnitudes.map((qMagnitude, head) => {
    const a = firstA + 2 * head * gramBytes;
    kernels.traceSums(a, b, a + gramBytes, features, out);
    return { first: sums[0]!, second: sums[1]!, diagonal: sums[2]!, qMagnitude, kMagnitude };
  });
}

/** Returns the tiles (I, J) and (J, I) of M for one panel I and every panel J from it on. */
function normRow(work: Work): JobResult[] {
  const { kernels, memory, scratch, layout, job } = work;
  const out = scratch + layout.out;
  new Float64Array(memory.buffer, out, 2).fill(0);
  clearPadding(work, layout.panels);
  const [qI, kI, qJ, kJ] = layout.strips.map((offset) => scratch + offset) as [
    number,
    number,
    number,
    number,
  ];
  let [qMagnitude, kMagnitude] = [0, 0];
  const cut = (from: number, toQ: number, toK: number): number => {
    const strips = paddedColumns(job, from) / STRIP_COLUMNS;
    const [q, k] = [scratch + layout.panels[0], scratch + layout.panels[1]];
    qMagnitude = Math.max(qMagnitude, pack(work, job.q[0]!, from, q));
    kMagnitude = Math.max(kMagnitude, pack(work, job.k, from, k));
    kernels.cutStrips(q, layout.features, strips, toQ);
    kernels.cutStrips(k, layout.features, strips, toK);
    return strips;
  };
  const start = job.panel * PANEL_COLUMNS;
  const iStrips = cut(start, qI, kI);
  kernels.normPair(qI, kI, qI, kI, iStrips, iStrips, layout.features, 1, out);
  for (let from = start + PANEL_COLUMNS; from < job.dModel; from += PANEL_COLUMNS) {
    const jStrips = cut(from, qJ, kJ);
    kernels.normPair(qI, kI, qJ, kJ, iStrips, jStrips, layout.features, 0, out);
  }
  const [normSquare, symmetric] = new Float64Array(memory.buffer, out, 2);
  return [{ first: symmetric!, second: normSquare!, diagonal: 0, qMagnitude, kMagnitude }];
}

/** Features that only round dh up are zero: the packing of rows leaves them alone. */
function clearPadding({ memory, scratch, layout, job }: Work, panels: readonly number[]): void {
  const missing = layout.features - job.dHead;
  if (missing === 0) return;
  for (const panel of panels) {
    const from = scratch + panel + job.dHead * PANEL_ROW_BYTES;
    new Uint8Array(memory.buffer, from, missing * PANEL_ROW_BYTES).fill(0);
  }
}

function pack({ kernels, job }: Work, source: MatrixSource, from: number, panel: number): number {
  const { kernel, columnBytes } = PACKINGS[source.packing]!;
  const columns = Math.min(PANEL_COLUMNS, job.dModel - from);
  const address = source.address + from * (columnBytes ?? source.stride);
  // WebAssembly's i32 carries no sign.
  return kernels[kernel](address, source.stride, job.dHead, columns, panel) >>> 0;
}

function paddedColumns({ dModel }: Job, from: number): number {
  return Math.ceil(Math.min(PANEL_COLUMNS, dModel - from) / COLUMN_STEP) * COLUMN_STEP;
}
