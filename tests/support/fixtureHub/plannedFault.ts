// One fault for one request: what goes wrong, and how far into the answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError } from './answers.ts';
import type { OtherRange } from './faults.ts';

export type PlannedFault =
  /** The connection ends without an answer. */
  | { readonly kind: 'drop' }
  /** So much of the answer comes (0 to 1): then the connection breaks, the body ends as if all were well, or nothing more comes. */
  | { readonly kind: 'reset' | 'truncate' | 'stall'; readonly after: number }
  | { readonly kind: 'status'; readonly status: 403 | 416 | 429 | 500 | 502 | 503 }
  /** A redirect that leads to itself. */
  | { readonly kind: 'loop' }
  /** A proxy's page. */
  | { readonly kind: 'page' }
  | { readonly kind: 'range'; readonly how: OtherRange }
  /** From here on main names another commit. */
  | { readonly kind: 'move'; readonly to: string };

/** Where a redirect leads that doesn't end. */
export const LOOP = '/__loop';

/**
 * Answers a request as a fault has it, or prepares its answer to break off.
 * @returns true where it is answered
 */
export function answerFaulty(
  fault: Exclude<PlannedFault, { kind: 'range' | 'move' }>,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  switch (fault.kind) {
    case 'drop':
      response.destroy();
      return true;
    case 'status':
      sendError(response, fault.status, null, 'Not now');
      return true;
    case 'loop':
      response.writeHead(302, { Location: LOOP }).end();
      return true;
    case 'page':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
      return true;
    default:
      breakOff(response, fault.kind, Math.floor(fault.after * askedBytes(request)));
      return false;
  }
}

/** Bytes that a request asks for; a listing has some hundreds. */
function askedBytes({ headers: { range } }: IncomingMessage): number {
  const [begin, end] = (range ?? 'bytes=0-500').match(/\d+/g)!.map(Number);
  return end! + 1 - begin!;
}

function breakOff(response: ServerResponse, kind: 'reset' | 'truncate' | 'stall', after: number): void {
  const write = response.write.bind(response);
  const writeHead = response.writeHead.bind(response);
  const finish = response.end.bind(response);
  const end = () => void finish();
  let left = after;
  let isOver = false;
  const stop = () => {
    isOver = true;
    // What was written is sent before the connection breaks.
    if (kind === 'reset') setTimeout(() => response.destroy(), 5);
    if (kind === 'truncate') end();
  };
  if (kind === 'truncate')
    response.writeHead = ((status: number, headers: Record<string, string> = {}) => {
      const { 'Content-Length': _, ...rest } = headers;
      return writeHead(status, rest);
    }) as typeof response.writeHead;
  response.write = ((chunk: Uint8Array | string) => {
    if (isOver) return true;
    const bytes = Buffer.from(chunk as Uint8Array);
    const sent = write(bytes.subarray(0, left));
    left -= bytes.length;
    if (left < 0) stop();
    return sent;
  }) as typeof response.write;
  response.end = ((chunk?: Uint8Array | string) => {
    if (chunk !== undefined) response.write(chunk as Uint8Array);
    if (!isOver) end();
    return response;
  }) as typeof response.end;
}
