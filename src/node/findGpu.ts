// The GPU of the package `webgpu`: Dawn, Chrome's own WebGPU, for Node.

interface Dawn {
  create(options: string[]): GPU;
  readonly globals: { readonly GPUQueue: { readonly prototype: Pick<GPUQueue, 'writeBuffer'> } };
}

/** Held as long as the process runs: once it is collected its devices crash. */
let held: GPU | null = null;

/** Finds the GPU, or says why there is none. The package weighs 130 MB, so that it is no dependency. */
export async function findGpu(): Promise<GPU | string> {
  if (held !== null) return held;
  let dawn: Dawn;
  // A name that no bundler looks for: whoever wants a GPU installs it.
  const name = 'webgpu';
  try {
    dawn = (await import(/* @vite-ignore */ name)) as Dawn;
  } catch {
    // It isn't installed, or has no binary for this system.
    return 'the package webgpu isn’t installed';
  }
  try {
    copySharedBytes(dawn.globals.GPUQueue.prototype);
    Object.assign(globalThis, dawn.globals);
    held = dawn.create([]);
    return held;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Has a queue copy bytes that threads share before it writes them. WebGPU takes them as they are (`AllowSharedBufferSource`);
 * Dawn for Node 0.6.2 reads from address 0 in their place, which ends the process.
 */
export function copySharedBytes(queue: Pick<GPUQueue, 'writeBuffer'>): void {
  const { writeBuffer } = queue;
  queue.writeBuffer = function (buffer, bufferOffset, data, ...range) {
    // Its type knows no shared bytes.
    const bytes = data as Uint8Array<ArrayBufferLike>;
    if (!(bytes.buffer instanceof SharedArrayBuffer)) {
      writeBuffer.call(this, buffer, bufferOffset, data as ArrayBuffer, ...range);
      return;
    }
    // Offset and size count elements of a typed array; a view of another kind counts bytes.
    const width = bytes.BYTES_PER_ELEMENT ?? 1;
    const [offset = 0, size = bytes.byteLength / width - offset] = range;
    const part = new Uint8Array(bytes.buffer, bytes.byteOffset + offset * width, size * width);
    writeBuffer.call(this, buffer, bufferOffset, part.slice());
  };
}
