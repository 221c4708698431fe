import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyseLocal, lastOf } from '../../../../support/analyseLocal.ts';
import { filesOf, fixture } from '../../../../support/localFiles.ts';

interface ReportedCase {
  readonly file: string;
  readonly expected_r?: Readonly<Record<string, readonly number[]>>;
}

const CASES = JSON.parse(
  readFileSync(fixture('reported', 'manifest.json'), 'utf8'),
) as readonly ReportedCase[];

describe('reported files whose model type had no row, or another’s', () => {
  it.each(['gemma4-varying-head-dim', 'mistral3-ministral3', 'phi3small-grouped-qkv'])(
    '%s: every layer, by its own numbers',
    async (folder) => {
      const wanted = CASES.find(({ file }) => file === `${folder}/`)!.expected_r!;
      const { result } = lastOf(await analyseLocal(filesOf(fixture('reported', folder))), 'done');
      const { layers } = result.stacks[0]!;
      expect(layers.map(({ layer, skipped }) => [layer, skipped])).toEqual(
        Object.keys(wanted).map((layer) => [Number(layer), undefined]),
      );
      for (const { layer, heads } of layers)
        for (const [head, r] of wanted[layer]!.entries())
          expect(Math.abs(heads[head]!.r! - r), `layer ${layer} head ${head}`).toBeLessThan(1e-6);
    },
  );
});
