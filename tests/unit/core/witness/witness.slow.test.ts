import { describe, expect, it } from 'vitest';
import { ORACLE_CASES } from '../../../support/oracle.ts';
import { explicitTruth, hasPlainWeights } from '../../../support/witness/explicitTruth.ts';
import { KINDS } from '../../../support/witness/kinds.ts';
import { readModel } from '../../../support/witness/model.ts';
import { runWitnesses, tallyText, variantsOf } from '../../../support/witness/runWitnesses.ts';

/** Grouped queries in tensors of their own, Conv1D, by head, by group, and a GGUF file; `npm run soak` takes all 51. */
const FIVE = ['llama-gqa-bf16', 'gpt2-f32', 'bloom-f32', 'falcon-new-bf16', 'gguf-llama-gqa-f16'];
const isSoak = process.env.QKSCOPE_SOAK === 'witnesses';
const CASES = isSoak ? ORACLE_CASES : FIVE;

describe('variants of oracle checkpoints whose witnesses agree or contradict', () => {
  it('are scored rightly, asked about answerably or refused by both witnesses', async () => {
    const tally = await runWitnesses(KINDS, CASES);
    process.stdout.write(`\n${tallyText(tally)}\n`);
    expect(tally.faults).toEqual([]);
  }, 3_600_000);

  it('number at least 30 of each kind over all checkpoints', () => {
    for (const kind of KINDS) {
      const count = ORACLE_CASES.reduce((sum, name) => sum + variantsOf(kind, name).length, 0);
      expect(count, kind.name).toBeGreaterThanOrEqual(30);
    }
  });

  it('have layouts that give the oracle’s own values', () => {
    for (const name of ORACLE_CASES) {
      const model = readModel(name);
      if (!hasPlainWeights(model)) continue;
      for (const [at, { layers }] of explicitTruth(model).entries())
        for (const [place, { r }] of layers.entries())
          for (const [head, value] of r.entries())
            expect(Math.abs(value! - model.truth[at]!.layers[place]!.r[head]!), name).toBeLessThan(1e-9);
    }
  });
});
