// Says why a layer could not be measured.
import type { EngineId } from '../engines/index.ts';
import { type ErrorCode, QKError } from '../errors.ts';
import type { Reason } from '../result/index.ts';

const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'read-failed',
  'range-outside-file',
  'file-changed',
  'file-damaged',
]);

/** Returns why a layer has no measures: how its bytes are reached, what they hold, or the engines. */
export function unmeasuredReason(error: unknown, engine: EngineId): Reason {
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof QKError))
    return { code: 'engine-failed', reason: `The ${engine} engine couldn’t measure this layer: ${reason}` };
  const { code, permanent } = error;
  if (!permanent || UNREADABLE.has(code)) return { code: 'read-failed', reason };
  return { code: code === 'dtype-unsupported' || code === 'too-large' ? code : 'engine-failed', reason };
}
