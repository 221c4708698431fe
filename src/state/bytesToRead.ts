// How many bytes a model's scores take, which is said before a click has them read.
import { fromWire } from '../core/errors.ts';
import type { Context } from './context.ts';
import type { HubSessionSlice } from './hubSession.ts';
import type { ModelState } from './modelState.ts';
import { analysis } from './scoredModel.ts';
import type { SettingsSlice } from './settings.ts';

/**
 * Reads a model's headers alone, and finds how many bytes of weights its scores take; null where a question comes first, which is
 * asked when the model is opened.
 * @throws QKError with what went wrong
 */
export async function bytesToRead(
  ctx: Pick<Context<SettingsSlice & HubSessionSlice>, 'store' | 'client'>,
  model: ModelState,
  signal: AbortSignal,
): Promise<number | null> {
  const headersOnly = { ...model, headersOnly: true };
  for await (const event of analysis(ctx, headersOnly, signal)) {
    if (event.type === 'plan') return event.bytes.planned - event.bytes.read;
    if (event.type === 'failed') throw fromWire(event.error);
  }
  return null;
}
