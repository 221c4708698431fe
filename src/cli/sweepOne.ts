// One model of a sweep: its result in the folder, or the sentence that says why there is none.
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { toWire } from '../core/errors.ts';
import { OpenQuestion } from '../library/door.ts';
import { resultsText } from '../library/figureFiles.ts';
import { exitCodeOf } from './exitCodes.ts';
import { writeWhole } from './outputFiles.ts';
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

/** "owner/name@sha" as a file's name that every system takes. */
export function fileNameOf(identity: string): string {
  return identity.replaceAll('/', '--').replace(/[^\p{L}\p{N}@._+-]+/gu, '-');
}

/** Scores a model unless its result is there. It doesn't throw: a failure is written down, and goes once the model is scored. */
export async function sweepOne({ identify, score }: Scorer, folder: string, model: string): Promise<Outcome> {
  const failure = path.join(folder, FAILURES, `${fileNameOf(model)}.json`);
  try {
    const file = `${fileNameOf(await identify(model))}.json`;
    const place = path.join(folder, file);
    if ((await stat(place).catch(() => null)) !== null) {
      await rm(failure, { force: true });
      return { model, state: 'there', text: file, exit: 0 };
    }
    const result = await score(model, () => {});
    await writeWhole(place, resultsText([result]));
    await rm(failure, { force: true });
    return { model, state: 'scored', text: file, exit: 0 };
  } catch (error) {
    const { code, message, where, hint } = toWire(error);
    const next = error instanceof OpenQuestion ? questionHint(error.question) : terminalHint(hint);
    await mkdir(path.dirname(failure), { recursive: true });
    await writeWhole(failure, `${JSON.stringify({ model, code, message, where, hint: next }, null, 2)}\n`);
    return { model, state: 'failed', text: message, exit: exitCodeOf(code) };
  }
}
