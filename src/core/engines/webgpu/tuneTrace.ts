// Measures which form of the trace kernel is fastest on this GPU.
import type { LayerShape } from '../engine.ts';
import { USAGE } from './constants.ts';
import type { OpenDevice } from './device.ts';
import { planDispatches, TRACE_THREADS, type TraceForm } from './dispatches.ts';
import type { PipelineCache } from './pipelines.ts';
import { matrixBytes, planSlabs, rowVec4sOf, slabTable } from './slabs.ts';
import { PARAMS } from './structs.ts';
import { bind, storageWith } from './upload.ts';

/** Keeps between visits which form was faster on which adapter. */
export interface AdapterCache {
  read(key: string): Promise<string | undefined>;
  write(key: string, value: string): Promise<void>;
}

/** Wide enough that a GPU is busy; a software adapter would take seconds for it. */
const SHAPES = {
  hardware: { layer: 0, heads: 32, kvHeads: 32, dModel: 1024, dHead: 128 },
  software: { layer: 0, heads: 16, kvHeads: 16, dModel: 256, dHead: 64 },
};
/** A measurement lasts so long, or so many dispatches. */
const MIN_MS = 4;
const MAX_DISPATCHES = 256;
const ROUNDS = 3;

/**
 * Measures which form of the trace kernel is faster on this adapter: each in turns, on zeros, some 50 ms in all. The
 * adapter's name doesn't say which one it is, and it may be a factor of two.
 */
export async function tuneTrace(
  open: OpenDevice,
  pipelines: PipelineCache,
  adapterCache: AdapterCache | undefined,
): Promise<TraceForm> {
  const key = `trace form on ${open.report.detail}`;
  const cached = await adapterCache?.read(key).catch(() => undefined);
  if (cached !== undefined && cached in TRACE_THREADS) return cached as TraceForm;
  const forms = Object.keys(TRACE_THREADS) as TraceForm[];
  const bench = createBench(open, pipelines, SHAPES[open.report.isSoftware ? 'software' : 'hardware']);
  try {
    const loops = new Map<TraceForm, number>();
    for (const form of forms) loops.set(form, await enoughDispatches((count) => bench.time(form, count)));
    const best = new Map(forms.map((form) => [form, Infinity]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const form of forms) {
        const count = loops.get(form)!;
        best.set(form, Math.min(best.get(form)!, (await bench.time(form, count)) / count));
      }
    }
    const chosen = forms.reduce((a, b) => (best.get(b)! < best.get(a)! ? b : a));
    // Without a cache the next visit measures again.
    await adapterCache?.write(key, chosen).catch(() => {});
    return chosen;
  } finally {
    bench.destroy();
  }
}

async function enoughDispatches(time: (count: number) => Promise<number>): Promise<number> {
  // The first one compiles.
  await time(1);
  for (let count = 1; ; count *= 4)
    if (count >= MAX_DISPATCHES || (await time(count)) >= MIN_MS) return count;
}

function createBench({ device, answer }: OpenDevice, pipelines: PipelineCache, shape: LayerShape) {
  const [plan] = planSlabs([shape]).slabs;
  const storage = (label: string, size: number) =>
    device.createBuffer({ label, size, usage: USAGE.storage | USAGE.copyDst });
  const queries = storage('tune queries', shape.heads * matrixBytes(shape));
  const keys = storage('tune keys', shape.kvHeads * matrixBytes(shape));
  const table = storageWith(device, 'tune table', slabTable(plan!, shape));
  const partials = storage('tune partials', 1 << 16);
  const params = device.createBuffer({ size: PARAMS.byteSize, usage: USAGE.uniform | USAGE.copyDst });
  const buffers = [queries, keys, table, partials, params];
  return {
    /** ms that `count` dispatches take. */
    async time(form: TraceForm, count: number): Promise<number> {
      const pipeline = await pipelines(form);
      const [dispatch] = planDispatches({ kernel: 'trace-heads', layerIndex: 0 }, [plan!], [shape], form);
      const data = new Uint32Array(PARAMS.byteSize / 4);
      const fields = { dModel: shape.dModel, rowVec4s: rowVec4sOf(shape.dHead), first: 0, outBase: 0 };
      PARAMS.write(data, 0, { ...fields, queriesPerKey: 1, unused0: 0, unused1: 0, unused2: 0 });
      device.queue.writeBuffer(params, 0, data);
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bind(device, pipeline, [params, table, queries, keys, partials]));
      for (let dispatched = 0; dispatched < count; dispatched++) pass.dispatchWorkgroups(...dispatch!.grid);
      pass.end();
      const start = performance.now();
      device.queue.submit([encoder.finish()]);
      await answer(device.queue.onSubmittedWorkDone());
      return performance.now() - start;
    },
    destroy() {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}
