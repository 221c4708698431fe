import type { ModelState } from '../../state/modelState.ts';

/** Codes of failures that an access token may solve. */
const NEEDS_TOKEN: ReadonlySet<string> = new Set(['gated', 'unauthorized', 'forbidden', 'rate-limited']);

/** Whether the hub might have given the model to someone who is signed in. */
export function mayNeedToken({ choice, error }: ModelState): boolean {
  return choice.kind === 'hub' && error !== null && NEEDS_TOKEN.has(error.code);
}
