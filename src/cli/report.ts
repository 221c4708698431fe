// Errors as a terminal shows them: what is wrong, where, and what to do.
import { toWire } from '../core/errors.ts';
import { OpenQuestion } from '../library/door.ts';
import { exitCodeOf } from './exitCodes.ts';
import { questionHint } from './questionHint.ts';
import type { Terminal } from './terminal.ts';
import { terminalHint } from './terminalHint.ts';

/** Writes an error to stderr. @returns the exit code that it stands for */
export function reportError(terminal: Terminal, error: unknown, subject?: string): number {
  const { code, message, where, hint } = toWire(error);
  const about = subject === undefined ? '' : `${subject}: `;
  const next = error instanceof OpenQuestion ? questionHint(error.question) : terminalHint(hint);
  terminal.err(`qkscope: ${about}${message}\n`);
  if (where !== undefined && where !== subject) terminal.err(`  where: ${where}\n`);
  if (next !== undefined) terminal.err(`  ${next.replaceAll('\n', '\n  ')}\n`);
  return exitCodeOf(code);
}
