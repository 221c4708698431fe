import { expect, it } from 'vitest';
import { exampleForm } from '../../../../src/ui/guide/exampleForm.ts';

it.each([0, 0.1, 0.5, 0.73, 1])(
  'the example with a share of %d symmetric energy has that r, by the norms of explicit parts',
  (share) => {
    const { side, values, r, eigenvalues } = exampleForm(share);
    const cell = (i: number, j: number) => values[i * side + j]!;
    let [symmetric, all] = [0, 0];
    for (let i = 0; i < side; i++)
      for (let j = 0; j < side; j++) {
        symmetric += ((cell(i, j) + cell(j, i)) / 2) ** 2;
        all += cell(i, j) ** 2;
      }
    expect(r).toBeCloseTo(symmetric / all, 12);
    expect(r).toBeCloseTo(share, 12);
    const squares = eigenvalues.reduce((sum, { re, im }) => sum + re * re - im * im, 0);
    expect(squares).toBeCloseTo((2 * share - 1) * all, 12);
  },
);
