import { describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../../src/core/result/index.ts';
import { createHandlers } from '../../../src/worker/handlers.ts';
import { filesBelow, fixture } from '../../support/localFiles.ts';
import { expectedOf, ORACLE_CASES } from '../../support/oracle.ts';
import { runCli } from '../../support/runCli.ts';

const folderOf = (name: string) => fixture('oracle', name);

/** What the page may say otherwise of the same files. */
function comparable({ createdAt: _, engine: __, timing: ___, bytes, ...rest }: AnalysisResult) {
  return { ...rest, bytes: { ...bytes, read: 0 } };
}

/** The result of the page's worker for a dropped folder. */
async function pageResult(name: string): Promise<AnalysisResult> {
  const handlers = createHandlers({
    gpu: undefined,
    fetch: () => Promise.reject(new Error('No network in this test.')),
    appVersion: __APP_VERSION__,
    crossOriginIsolated: false,
    opfs: undefined,
  });
  const files = filesBelow(folderOf(name)).map(({ path, blob }) => ({ path: `${name}/${path}`, blob }));
  const request = { choice: { kind: 'local', files }, engine: 'reference', hubUrl: '' } as const;
  for await (const event of handlers.analyse(request, new AbortController().signal))
    if (event.type === 'done') return event.result;
  throw new Error(`${name} wasn't scored`);
}

describe('qkscope score on the oracles', () => {
  const scored = runCli([
    'score',
    '--json',
    '--quiet',
    '--engine',
    'reference',
    ...ORACLE_CASES.map(folderOf),
  ]);

  it('scores all of them', async () => {
    expect(await scored).toMatchObject({ code: 0, err: '' });
  });

  it.each(ORACLE_CASES.map((name, at) => [name, at] as const))(
    'gives the values of %s, and the page’s JSON',
    async (name, at) => {
      const result = (JSON.parse((await scored).out) as AnalysisResult[])[at]!;
      const wanted = expectedOf(name).stacks.flatMap(({ layers }) => layers.flatMap(({ r }) => r));
      const got = result.stacks.flatMap(({ layers }) =>
        layers.flatMap(({ heads }) => heads.map(({ r }) => r)),
      );
      expect(got).toHaveLength(wanted.length);
      got.forEach((r, head) => {
        if (wanted[head] === null) expect(r).toBeNull();
        else expect(r).toBeCloseTo(wanted[head]!, 9);
      });
      expect(comparable(result)).toEqual(comparable(await pageResult(name)));
    },
  );
});
