/** WebGPU's flag values (GPUBufferUsage, GPUMapMode): Node has no such globals. */
export const USAGE = {
  mapRead: 0x1,
  copySrc: 0x4,
  copyDst: 0x8,
  uniform: 0x40,
  storage: 0x80,
  queryResolve: 0x200,
} as const;
export const MAP_READ = 0x1;

/** WebGPU's default maxStorageBufferBindingSize: every adapter has it, so nothing more is asked for. */
export const MAX_BINDING_BYTES = 128 * 1024 * 1024;
/** WebGPU's default maxComputeWorkgroupsPerDimension. */
export const MAX_GROUPS = 65535;
/** A writeBuffer is split into pieces of at most this: larger ones are slower, since each is staged whole. */
export const MAX_WRITE_BYTES = 16 * 1024 * 1024;
/** Raw bytes are unpacked from buffers of at most this. */
export const MAX_WINDOW_BYTES = 64 * 1024 * 1024;
