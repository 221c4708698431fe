import { type Architecture, matchName } from './architecture.ts';
import { bert } from './bert.ts';
import { gpt2 } from './gpt2.ts';
import { gptNeo } from './gptNeo.ts';
import { llama } from './llama.ts';

/** Every family that QKScope can read, one row each. */
export const ARCHITECTURES: readonly Architecture[] = [bert, gptNeo, llama, gpt2];

/** True when any row knows the name: tells which shards are worth opening. */
export function isQueryKeyName(name: string): boolean {
  return ARCHITECTURES.some((architecture) => matchName(architecture, name) !== null);
}
