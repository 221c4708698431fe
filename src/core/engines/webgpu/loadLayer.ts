// Uploads, scales and unpacks one layer's matrices on the GPU.
import type { ScoredDtype } from '../../formats/dtype.ts';
import { magnitudeOf, scaleByPowerOfTwo } from '../../linalg/powerOfTwoScale.ts';
import { decodeMatrix } from '../../weights/decode.ts';
import type { MatrixView } from '../../weights/matrixView.ts';
import { stripsOf } from '../byteSpans.ts';
import { USAGE } from './constants.ts';
import type { PipelineCache } from './pipelines.ts';
import { rowVec4sOf } from './slabs.ts';
import { JOB } from './structs.ts';
import { bind, storageWith, writeBytes } from './upload.ts';
import { type MatrixPart, planWindows } from './windows.ts';

/** ELEMENTS_PER_GROUP of element.wgsl. */
const ELEMENTS_PER_GROUP = 4096;
const DTYPE_CODE = { F32: 0, F16: 1, BF16: 2 } as const satisfies Record<Exclude<ScoredDtype, 'F64'>, number>;

/** One head matrix and its place on the device. */
export interface TargetMatrix {
  readonly view: MatrixView;
  /** f32 [matrices][d][4 · rowVec4s], zero before. */
  readonly work: GPUBuffer;
  /** First element in `work`. */
  readonly outBase: number;
  /** Index into the load's maxima and scales. */
  readonly index: number;
}

/** What is known of a matrix before its weights are multiplied. */
export interface MatrixScale {
  readonly exponent: number;
  readonly allFinite: boolean;
}

interface UploadedPart {
  readonly raw: GPUBuffer;
  readonly jobs: GPUBuffer;
  readonly work: GPUBuffer;
  readonly grid: readonly [number, number];
}

/**
 * Uploads the raw bytes behind `matrices`, finds each one's largest magnitude (into `maxima`, u32 [matrices]) and
 * unpacks it, rescaled, into its work buffer. Everything is queued when it resolves; the raw buffers are freed.
 */
export async function loadOnDevice(
  device: GPUDevice,
  pipelines: PipelineCache,
  matrices: readonly TargetMatrix[],
  maxima: GPUBuffer,
  windowBytes: number,
): Promise<void> {
  const [scan, unpack] = await Promise.all([pipelines('scan'), pipelines('unpack')]);
  const buffers: GPUBuffer[] = [];
  const parts: UploadedPart[] = [];
  for (const { bytes, begin, end, parts: inWindow } of planWindows(matrices, windowBytes)) {
    const size = Math.ceil((end - begin) / 4) * 4;
    // One word more: an element at an odd byte is read as two words.
    const raw = device.createBuffer({ label: 'raw', size: size + 4, usage: USAGE.storage | USAGE.copyDst });
    buffers.push(raw);
    writeBytes(device, raw, bytes, begin, end);
    for (const work of new Set(inWindow.map(({ matrix }) => matrix.work))) {
      const inBuffer = inWindow.filter(({ matrix }) => matrix.work === work);
      const jobs = storageWith(device, 'jobs', jobTable(inBuffer, begin));
      buffers.push(jobs);
      const elements = Math.max(
        ...inBuffer.map(({ matrix, from, to }) => (to - from) * stripsOf(matrix.view).innerCount),
      );
      parts.push({ raw, jobs, work, grid: [Math.ceil(elements / ELEMENTS_PER_GROUP), inBuffer.length] });
    }
  }

  // A matrix may lie in several windows, so all are scanned before the first is unpacked.
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(scan);
  for (const { raw, jobs, grid } of parts) {
    pass.setBindGroup(0, bind(device, scan, [jobs, raw, maxima]));
    pass.dispatchWorkgroups(...grid);
  }
  pass.setPipeline(unpack);
  for (const { raw, jobs, work, grid } of parts) {
    pass.setBindGroup(0, bind(device, unpack, [jobs, raw, maxima, work]));
    pass.dispatchWorkgroups(...grid);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
  for (const buffer of buffers) buffer.destroy();
}

/** Converts an F64 matrix to rescaled f32 on the CPU, since shaders have no f64, and uploads it to its place. */
export function loadFromCpu(device: GPUDevice, { view, work, outBase }: TargetMatrix): MatrixScale {
  const { rows, cols } = view;
  const values = decodeMatrix(view);
  const { allFinite, exponent } = magnitudeOf(values);
  if (!allFinite) return { exponent, allFinite: false };
  scaleByPowerOfTwo(values, -exponent);
  const width = rowVec4sOf(cols) * 4;
  const padded = new Float32Array(rows * width);
  for (let i = 0; i < rows; i++) padded.set(values.subarray(i * cols, (i + 1) * cols), i * width);
  writeBytes(device, work, new Uint8Array(padded.buffer), 0, padded.byteLength, outBase * 4);
  return { exponent, allFinite: true };
}

/** Job rows of the parts that lie in the window beginning at byte `begin`. */
function jobTable(parts: readonly MatrixPart<TargetMatrix>[], begin: number): Uint32Array<ArrayBuffer> {
  const table = new Uint32Array((parts.length * JOB.byteSize) / 4);
  for (const [i, { matrix, from, to }] of parts.entries()) {
    const { view, outBase, index } = matrix;
    const { rowsAreOuter, outerStride, innerStride, innerCount } = stripsOf(view);
    const width = rowVec4sOf(view.cols) * 4;
    const [outOuterStride, outInnerStride] = rowsAreOuter ? [width, 1] : [1, width];
    JOB.write(table, i * JOB.byteSize, {
      base: view.offset + from * outerStride - begin,
      outerStride,
      innerStride,
      outerCount: to - from,
      innerCount,
      outBase: outBase + from * outOuterStride,
      outOuterStride,
      outInnerStride,
      dtype: DTYPE_CODE[view.dtype as keyof typeof DTYPE_CODE],
      matrix: index,
    });
  }
  return table;
}
