import type { Complex, DetailTensor, SpectrumPValue } from '../../../core/inspection/index.ts';
import { formatFull, formatMagnitude } from '../../../figures/format.ts';

/** "3.21", "−0.80 ± 1.20 i": a pair of conjugates is one entry. */
export interface NamedEigenvalue {
  /** "λ₁", "λ₂ λ₃" */
  readonly name: string;
  readonly text: string;
  readonly whole: string;
}

/** The first of the eigenvalues, which come by modulus, largest first; conjugates follow one another. */
export function leadingEigenvalues(eigenvalues: readonly Complex[], count: number): NamedEigenvalue[] {
  const entries: NamedEigenvalue[] = [];
  for (let index = 0; index < eigenvalues.length && entries.length < count; index++) {
    const { re, im } = eigenvalues[index]!;
    const next = eigenvalues[index + 1];
    const isPair = im !== 0 && next !== undefined && next.re === re && next.im === -im;
    entries.push({
      name: isPair ? `${lambda(index)} ${lambda(index + 1)}` : lambda(index),
      text: complexText(re, im, isPair),
      whole: im === 0 ? formatFull(re) : `${formatFull(re)} ${isPair ? '±' : '+'} ${formatFull(im)}i`,
    });
    if (isPair) index++;
  }
  return entries;
}

/** "−0.80 ± 1.20 i"; each part with three digits of its own. */
function complexText(re: number, im: number, isPair: boolean): string {
  if (im === 0) return formatMagnitude(re);
  const sign = isPair ? '±' : im < 0 ? '−' : '+';
  return `${formatMagnitude(re)} ${sign} ${formatMagnitude(Math.abs(im))} i`;
}

/** "λ₁" for the first. */
function lambda(at: number): string {
  return `λ${[...String(at + 1)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('')}`;
}

/** Bytes that these ranges cover, each counted once: a fused tensor's rows may serve as queries and as keys. */
export function distinctBytes(ranges: readonly Pick<DetailTensor, 'source' | 'begin' | 'end'>[]): number {
  const sorted = ranges.toSorted((a, b) => a.begin - b.begin);
  const reached = new Map<string, number>();
  let bytes = 0;
  for (const { source, begin, end } of sorted) {
    const from = Math.max(begin, reached.get(source) ?? 0);
    bytes += Math.max(0, end - from);
    reached.set(source, Math.max(from, end));
  }
  return bytes;
}

/** "0.042"; "≤ 0.0010" where no draw lay as far: more draws could only give less. */
export function pText({ p, atLeast }: SpectrumPValue): string {
  return `${atLeast === 0 ? '≤ ' : ''}${formatMagnitude(p, 2)}`;
}
