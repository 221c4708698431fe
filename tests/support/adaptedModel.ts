import type { LocalFile } from '../../src/core/repos/repo.ts';
import { multiply, type Rows, ratioOf, rowsOf, transpose } from './explicitForm.ts';
import { gaussian } from './random.ts';
import { f32, safetensorsBytes } from './safetensorsBytes.ts';

/** A matrix of float32 numbers, by rows. */
export interface Matrix {
  readonly shape: readonly [number, number];
  readonly rows: Rows;
}

/** Normal numbers that float32 holds exactly, from a seed. */
export function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const next = gaussian(seed);
  const values = Array.from({ length: rows * columns }, () => Math.fround(next()));
  return { shape: [rows, columns], rows: rowsOf(values, columns) };
}

export type Tensors = Readonly<Record<string, Matrix | readonly number[]>>;

/** A safetensors file as it is dropped. */
export function weightFile(path: string, tensors: Tensors): LocalFile {
  const bytes = safetensorsBytes(
    Object.entries(tensors).map(([name, value]) =>
      'rows' in value
        ? { name, dtype: 'F32', shape: value.shape, data: f32(value.rows.flat()) }
        : { name, dtype: 'F32', shape: [value.length], data: f32(value) },
    ),
  );
  return { path, blob: new Blob([bytes.slice()]) };
}

export function jsonFile(path: string, value: unknown): LocalFile {
  return { path, blob: new Blob([JSON.stringify(value)]) };
}

/** W + s·BA. */
export function withLora(w: Rows, a: Rows, b: Rows, scale: number): number[][] {
  const change = multiply(b, a);
  return w.map((row, o) => row.map((value, i) => value + scale * change[o]![i]!));
}

/** Each row given the norm m[o]. */
export function withMagnitudes(w: Rows, m: readonly number[]): number[][] {
  return w.map((row, o) => {
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    return row.map((value) => (m[o]! / norm) * value);
  });
}

/** r of each head of Wq [H·dh, d] and Wk [G·dh, d] from M written out in float64. */
export function ratiosOf(q: Rows, k: Rows, heads: number, kvHeads: number): number[] {
  const dh = q.length / heads;
  const part = (w: Rows, head: number) => transpose(w.slice(head * dh, (head + 1) * dh));
  return Array.from({ length: heads }, (_, head) =>
    ratioOf(multiply(part(q, head), transpose(part(k, Math.floor((head * kvHeads) / heads))))),
  );
}
