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

/** How large our buffers get. */
export interface BufferLimits {
  /** Size of a work buffer, which one dispatch reaches whole. */
  readonly bindingBytes: number;
  /** Size of a buffer that raw bytes are unpacked from. */
  readonly windowBytes: number;
}

export const DEFAULT_LIMITS: BufferLimits = {
  // WebGPU's default maxStorageBufferBindingSize: every adapter has it, so nothing more is asked for.
  bindingBytes: 128 * 1024 * 1024,
  windowBytes: 64 * 1024 * 1024,
};
/** WebGPU's default maxComputeWorkgroupsPerDimension. */
export const MAX_GROUPS = 65535;
/** A writeBuffer is split into pieces of at most this: larger ones are slower, since each is staged whole. */
export const MAX_WRITE_BYTES = 16 * 1024 * 1024;
