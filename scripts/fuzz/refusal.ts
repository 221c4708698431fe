import { QKError } from '../../src/core/errors.ts';
import { assertShowable, type Outcome } from './target.ts';

/** Runs a reader: what it says no to in words is refused, all else that it throws is a fault. */
export async function outcomeOfReading(read: () => unknown): Promise<Outcome> {
  try {
    assertShowable(await read());
    return 'read';
  } catch (error) {
    if (!(error instanceof QKError) || error.code === 'internal') throw error;
    assertShowable({ message: error.message, hint: error.hint, where: error.where });
    return 'refused';
  }
}
