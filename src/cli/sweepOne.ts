// One model of a sweep: its result in the folder, or the sentence that says why there is none.
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { toWire } from '../core/errors.ts';
import { OpenQuestion } from '../library/door.ts';
import { resultsText } from '../library/figureFiles.ts';
import { exitCodeOf } from './exitCodes.ts';
import { makeFolder, writeWhole } from './outputFiles.ts';
import { questionHint } from './questionHint.ts';
import type { Scorer } from './scorer.ts';
import { terminalHint } from './terminalHint.ts';

/** How one model of a sweep ended. It is plain data, since processes send it to each other. */
export interface Outcome {
  readonly model: string;
  readonly state: 'scored' | 'there' | 'failed';
  /** The result's file, or the failure's sentence. */
  readonly text: string;
  /** The exit code (exitCodes.ts): 0 unless it failed. */
  readonly exit: number;
}

/** The folder below a sweep's with a file a model that failed. */
export const FAILURES = 'failed';

/** Systems take 255 bytes; ours are fewer, since an ending comes, and one more while it is written. */
const MAX_NAME_BYTES = 200;

/** "owner/name@sha" as a file's name that every system takes. */
export function fileNameOf(identity: string): string {
  const name = identity.replaceAll('/', '--').replace(/[^\p{L}\p{N}@._+-]+/gu, '-');
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return `${Buffer.from(name)
    .subarray(0, MAX_NAME_BYTES - 40)
    .toString()
    .replace(/\ufffd+$/, '')}-${hash}`;
}

/** Returns whether a result is there, and to its end: a copy may have been cut off, or a disk full. */
async function isThere(place: string): Promise<boolean> {
  const file = await open(place, 'r').catch(() => null);
  if (file === null) return false;
  try {
    const { size } = await file.stat();
    const end = Buffer.alloc(Math.min(size, 16));
    await file.read(end, 0, end.length, size - end.length);
    // The closing bracket of the whole stands at a line's beginning.
    return /\n[}\]]\s*$/.test(end.toString('latin1'));
  } catch {
    // A folder of that name: writing says so.
    return false;
  } finally {
    await file.close();
  }
}

/** Scores a model unless its result is there. It doesn't throw: a failure is written down, and goes once the model is scored. */
export async function sweepOne({ identify, score }: Scorer, folder: string, model: string): Promise<Outcome> {
  const failure = path.join(folder, FAILURES, `${fileNameOf(model)}.json`);
  try {
    const file = `${fileNameOf(await identify(model))}.json`;
    const place = path.join(folder, file);
    if (await isThere(place)) {
      await forget(failure);
      return { model, state: 'there', text: file, exit: 0 };
    }
    const result = await score(model, () => {});
    await writeWhole(place, resultsText([result]));
    await forget(failure);
    return { model, state: 'scored', text: file, exit: 0 };
  } catch (error) {
    const { code, message, where, hint } = toWire(error);
    const next = error instanceof OpenQuestion ? questionHint(error.question) : terminalHint(hint);
    const outcome = { model, state: 'failed', exit: exitCodeOf(code) } as const;
    try {
      await makeFolder(path.dirname(failure));
      await writeWhole(failure, `${JSON.stringify({ model, code, message, where, hint: next }, null, 2)}\n`);
      return { ...outcome, text: message };
    } catch (unwritten) {
      // The rest of the sweep isn't less for it.
      return { ...outcome, text: `${message} This is written nowhere else: ${toWire(unwritten).message}` };
    }
  }
}

/** The sentence of an earlier failure is no more true. */
async function forget(failure: string): Promise<void> {
  await rm(failure, { force: true }).catch(() => {});
}
