// Computes the eigenvalues and singular values of one head.
import { runCooperatively, type Yielder } from '../engines/index.ts';
import { type Complex, eigenvalueSteps } from '../linalg/eigenvalues.ts';
import { singularValuesOfProduct } from '../linalg/singularValues.ts';
import type { HeadMoments } from './headMoments.ts';

/** Spectra take O(dh³), some minutes at this width; none is computed beyond it. */
const WIDEST_SPECTRUM = 1024;

/**
 * Spectra on the scale of the scaled weights. Null where there are none: the reason says why, unless the head's own
 * does.
 */
export interface HeadSpectra {
  readonly eigenvalues: readonly Complex[] | null;
  readonly eigenvaluesReason?: string;
  readonly singularValues: readonly number[] | null;
  readonly singularValuesReason?: string;
}

/**
 * Computes the eigenvalues of M, those of C, and its singular values, from A and B; each long loop lets messages in.
 */
export async function headSpectra(
  { a, b, c }: Pick<HeadMoments, 'a' | 'b' | 'c'>,
  dHead: number,
  yielder: Yielder,
  widest = WIDEST_SPECTRUM,
): Promise<HeadSpectra> {
  if (dHead > widest) {
    const why = `Not computed for heads wider than ${widest} columns: this one has ${dHead}, and its spectra would take many minutes.`;
    return { eigenvalues: null, eigenvaluesReason: why, singularValues: null, singularValuesReason: why };
  }
  const eigenvalues = await runCooperatively(eigenvalueSteps(c, dHead), yielder);
  const singularValues = await runCooperatively(singularValuesOfProduct(a, b, dHead), yielder);
  const reason = { eigenvaluesReason: 'The QR iteration did not converge on this head’s C.' };
  return { eigenvalues, ...(eigenvalues === null ? reason : {}), singularValues };
}
