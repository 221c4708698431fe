// The exit codes of the command line.
import type { ErrorCode } from '../core/errors.ts';

export const EXIT = {
  done: 0,
  /** Something of ours, of an engine or of the machine failed. */
  failed: 1,
  /** The command line can't be meant. */
  usage: 2,
  /** The files leave something open; the message names the flag that answers it. */
  question: 3,
  /** These files can't be scored, and trying again won't help. */
  refused: 4,
  /** The network or the hub failed; trying again may help. */
  network: 5,
  /** The hub wants a token, or another one. */
  access: 6,
} as const;

export const EXIT_HELP = `Exit codes:
  0  done                                4  these files can't be scored
  1  an engine or this machine failed    5  the network or the hub failed: try again
  2  the command line can't be meant     6  the hub wants a token (HF_TOKEN)
  3  the files leave a question open: the message names the flag that answers it
  130 stopped by Ctrl-C`;

const FAILED: ReadonlySet<ErrorCode> = new Set([
  'internal',
  'engine-unavailable',
  'engine-failed',
  'device-lost',
  'worker-stopped',
  'read-failed',
]);
const NETWORK: ReadonlySet<ErrorCode> = new Set(['network', 'rate-limited', 'server-error', 'file-changed']);
const ACCESS: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'gated', 'forbidden']);
const USAGE: ReadonlySet<ErrorCode> = new Set(['bad-model-id', 'scores-invalid', 'link-invalid']);

export function exitCodeOf(code: ErrorCode): number {
  if (code === 'answer-needed') return EXIT.question;
  if (FAILED.has(code)) return EXIT.failed;
  if (USAGE.has(code)) return EXIT.usage;
  if (NETWORK.has(code)) return EXIT.network;
  return ACCESS.has(code) ? EXIT.access : EXIT.refused;
}
