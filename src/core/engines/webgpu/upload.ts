// Writes bytes to GPU buffers and binds buffers to pipelines.
import { MAX_WRITE_BYTES, USAGE } from './constants.ts';

/**
 * Writes bytes [begin, end) of `bytes` to the start of a buffer whose size is at least their length rounded up to 4.
 * The source may lie anywhere; only a length that is no multiple of 4 costs a copy, of the last bytes.
 */
export function writeBytes(
  device: GPUDevice,
  buffer: GPUBuffer,
  bytes: Uint8Array,
  begin: number,
  end: number,
  bufferOffset = 0,
): void {
  // Its type wants to know that the bytes aren't shared; WebGPU takes shared ones too.
  const source = bytes as Uint8Array<ArrayBuffer>;
  const whole = end - ((end - begin) % 4);
  for (let from = begin; from < whole; from += MAX_WRITE_BYTES) {
    const size = Math.min(MAX_WRITE_BYTES, whole - from);
    device.queue.writeBuffer(buffer, bufferOffset + from - begin, source, from, size);
  }
  if (whole === end) return;
  const tail = new Uint8Array(4);
  tail.set(bytes.subarray(whole, end));
  device.queue.writeBuffer(buffer, bufferOffset + whole - begin, tail);
}

/** Returns a storage buffer that holds `data`. */
export function storageWith(device: GPUDevice, label: string, data: Uint32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({
    label,
    size: Math.max(4, data.byteLength),
    usage: USAGE.storage | USAGE.copyDst,
  });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

/** Returns a bind group of whole buffers, or ranges of them, at bindings 0, 1, … of group 0. */
export function bind(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  resources: readonly (GPUBuffer | GPUBufferBinding)[],
): GPUBindGroup {
  return device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: resources.map((resource, binding) => ({
      binding,
      resource: 'buffer' in resource ? resource : { buffer: resource },
    })),
  });
}
