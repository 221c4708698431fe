import { isAbort } from '../errors.ts';
import { createLentReader } from './lentReader.ts';
import { OtherBytes } from './rangeAnswer.ts';

export interface ReceiveOptions {
  /** Whether the target is all that the answer may bring: then its end is waited for. */
  readonly isAll: boolean;
  readonly signal: AbortSignal | undefined;
  /** Called with the number of bytes that have just arrived. */
  readonly onBytes: (more: number) => void;
}

/**
 * Fills `target` with a response's body, after `skip` bytes of it, and discards the rest.
 * @throws OtherBytes where more comes than may; else whatever broke it, after `onBytes` reported what came
 */
export async function receiveBody(
  response: Response,
  skip: number,
  target: Uint8Array,
  { isAll, signal, onBytes }: ReceiveOptions,
): Promise<void> {
  const reader = createLentReader(response.body, skip + target.length);
  let toSkip = skip;
  let received = 0;
  try {
    while (received < target.length || isAll) {
      signal?.throwIfAborted();
      const value = await reader.next();
      if (value === null && received === target.length) return;
      if (value === null) throw new Error(`the answer ended after ${received} of ${target.length} bytes`);
      const part = value.subarray(Math.min(toSkip, value.length));
      toSkip -= value.length - part.length;
      const fitting = part.subarray(0, target.length - received);
      target.set(fitting, received);
      received += fitting.length;
      if (fitting.length > 0) onBytes(fitting.length);
      if (isAll && fitting.length < part.length) throw new OtherBytes('more bytes than were requested');
    }
  } catch (cause) {
    // All is here: what broke, or never came, was only the end.
    if (received < target.length || cause instanceof OtherBytes || isAbort(cause)) throw cause;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
