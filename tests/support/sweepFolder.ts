import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnalysisResult } from '../../src/core/result/index.ts';

/** The names of the results in a sweep's folder, sorted. */
export function resultFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /@.*\.json$/.test(name))
    .sort();
}

/** The heads of all results, in the files' order: what a gathered table must hold. */
export function headsIn(folder: string) {
  return resultFiles(folder).flatMap((name) => {
    const { model, stacks } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as AnalysisResult;
    return stacks.flatMap((stack) =>
      stack.layers.flatMap(({ layer, heads }) =>
        heads.map(({ head, r, s, norm }) => ({
          ...{ model: model.id, fingerprint: model.fingerprint, stack: stack.name },
          ...{ layer, head, r, s, norm: norm ?? null },
        })),
      ),
    );
  });
}
