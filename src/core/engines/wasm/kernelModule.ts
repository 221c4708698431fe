// Builds the WebAssembly module of the kernels, and detects what the browser supports.
import { createModule, f32x4, v128 } from './assembler.ts';
import { defineGram } from './kernels/gram.ts';
import { defineCutStrips, defineNormPair } from './kernels/norm.ts';
import { definePack } from './kernels/pack.ts';
import { defineTraceSums } from './kernels/traceSums.ts';
import type { RawType } from './kernels/vectors.ts';

/** (source, stride, features, columns, panel) → largest magnitude, as float32 bits (kernels/pack.ts). */
type Pack = (source: number, stride: number, features: number, columns: number, panel: number) => number;

/** The kernels of an instance. Addresses are bytes in its memory. */
export interface Kernels extends Readonly<Record<`pack${'Rows' | 'Columns'}${RawType}`, Pack>> {
  /** kernels/gram.ts */
  gram(
    x: number,
    y: number,
    xFeatures: number,
    yFeatures: number,
    columnBytes: number,
    g: number,
    isFirst: number,
    isTriangle: number,
  ): void;
  /** kernels/norm.ts */
  cutStrips(panel: number, features: number, strips: number, out: number): void;
  /** kernels/norm.ts */
  normPair(
    qI: number,
    kI: number,
    qJ: number,
    kJ: number,
    iStrips: number,
    jStrips: number,
    features: number,
    isDiagonal: number,
    out: number,
  ): void;
  /** kernels/traceSums.ts */
  traceSums(a: number, b: number, c: number, n: number, out: number): void;
}

/** Memory as the kernels import it. */
export interface KernelMemoryType {
  readonly shared: boolean;
  readonly maximumPages: number;
}

/** Builds the kernels' bytes; with fused multiply-add where the browser has it. */
export function buildKernels(memory: KernelMemoryType, isFused: boolean): Uint8Array<ArrayBuffer> {
  const module = createModule();
  const multiplyAdd = isFused
    ? f32x4.relaxedMadd
    : (a: readonly number[], b: readonly number[], c: readonly number[]) => f32x4.add(c, f32x4.mul(a, b));
  definePack(module);
  defineGram(module, multiplyAdd);
  defineTraceSums(module);
  defineCutStrips(module);
  defineNormPair(module, multiplyAdd);
  return module.finish(memory);
}

/**
 * Returns whether this WebAssembly has the relaxed vector instructions: asked with a module that uses one.
 */
export function hasFusedMultiplyAdd(): boolean {
  const module = createModule();
  module.define('probe', ['v128'], 'v128', (_, x) => f32x4.relaxedMadd(x.get, x.get, x.get));
  return WebAssembly.validate(module.finish({ shared: false, maximumPages: 1 }));
}

/** Returns whether this WebAssembly has vector instructions at all. */
export function hasVectors(): boolean {
  const module = createModule();
  module.define('probe', [], 'v128', () => v128.zero);
  return (
    typeof WebAssembly === 'object' && WebAssembly.validate(module.finish({ shared: false, maximumPages: 1 }))
  );
}
