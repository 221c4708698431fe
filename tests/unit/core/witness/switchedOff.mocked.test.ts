import { afterEach, describe, expect, it, vi } from 'vitest';
import { KINDS } from '../../../support/witness/kinds.ts';
import { runWitnesses } from '../../../support/witness/runWitnesses.ts';

/** Which rule is switched off: the witnesses' test must see it. */
const off = vi.hoisted(() => ({ rule: '' }));

vi.mock('../../../../src/core/architectures/stackWitnesses.ts', async (load) => {
  const real = await load<typeof import('../../../../src/core/architectures/stackWitnesses.ts')>();
  return {
    ...real,
    stackContradictions: (input: Parameters<typeof real.stackContradictions>[0]) =>
      off.rule === 'width and depth' ? [] : real.stackContradictions(input),
  };
});
vi.mock('../../../../src/core/architectures/layerNumbers.ts', async (load) => {
  const real = await load<typeof import('../../../../src/core/architectures/layerNumbers.ts')>();
  return {
    ...real,
    layerNumbers: (...input: Parameters<typeof real.layerNumbers>) => {
      const { heads, kvHeads, headDim, hint } = real.layerNumbers(...input);
      if (off.rule === 'key heads') return { heads, headDim, hint };
      if (off.rule !== 'unusable values') return { heads, kvHeads, headDim, hint };
      return {
        heads: heads?.kind === 'unusable' ? { kind: 'count' as const, value: 1, key: heads.key } : heads,
        kvHeads,
        hint,
      };
    },
  };
});
vi.mock('../../../../src/core/architectures/impliedKeyHeads.ts', async (load) => {
  const real = await load<typeof import('../../../../src/core/architectures/impliedKeyHeads.ts')>();
  return {
    withImpliedKeyHeads: (...input: Parameters<typeof real.withImpliedKeyHeads>) =>
      off.rule === 'key heads that nothing counts' ? input[0] : real.withImpliedKeyHeads(...input),
  };
});
vi.mock('../../../../src/core/architectures/matchTensors.ts', async (load) => {
  const real = await load<typeof import('../../../../src/core/architectures/matchTensors.ts')>();
  type Matches = ReturnType<typeof real.matchTensors>;
  const withoutClashes = (matches: Matches): Matches =>
    off.rule !== 'names that collide'
      ? matches
      : matches.map((match) => ({
          ...match,
          towers: match.towers.map((tower) => ({
            ...tower,
            blocks: tower.blocks.map(({ numbers, names, clash }) => ({
              numbers,
              // The last one wins, as a plain dictionary has it.
              names: new Map(
                [...names].map(([role, name]) => [role, name === clash?.names[0] ? clash.names[1] : name]),
              ),
            })),
          })),
        }));
  return {
    ...real,
    matchTensors: (...input: Parameters<typeof real.matchTensors>) =>
      withoutClashes(real.matchTensors(...input)),
  };
});
vi.mock('../../../../src/core/architectures/unscoredModels.ts', async (load) => {
  const real = await load<typeof import('../../../../src/core/architectures/unscoredModels.ts')>();
  return {
    ...real,
    unscoredNotes: (...input: Parameters<typeof real.unscoredNotes>) =>
      off.rule === 'models that aren’t scored' ? [] : real.unscoredNotes(...input),
  };
});
vi.mock('../../../../src/core/architectures/fusedOrder.ts', async (load) => {
  const real = await load<typeof import('../../../../src/core/architectures/fusedOrder.ts')>();
  return {
    ...real,
    fusedOrder: (...[tensors, config, shape]: Parameters<typeof real.fusedOrder>) =>
      off.rule === 'the order of fused tensors' ? 'concat' : real.fusedOrder(tensors, config, shape),
  };
});
vi.mock('../../../../src/core/formats/joinSlices.ts', async (load) => {
  const real = await load<typeof import('../../../../src/core/formats/joinSlices.ts')>();
  return {
    ...real,
    // One slice is taken for the whole.
    joinSlices: async (...[files, context]: Parameters<typeof real.joinSlices>) =>
      off.rule === 'parts joined'
        ? real.joinSlices(files.slice(0, 1), { ...context, set: { ...context.set, ranks: [0] } })
        : real.joinSlices(files, context),
  };
});

/** The rule, a kind of variants that it decides, and checkpoints of which there are such. */
const RULES: readonly (readonly [rule: string, kind: string, cases: readonly string[]])[] = [
  ['width and depth', 'another width', ['llama-gqa-bf16', 'gpt2-f32']],
  ['width and depth', 'another depth', ['llama-gqa-bf16', 'gguf-llama-gqa-f16']],
  ['unusable values', 'unusable number of heads', ['llama-mha-f32', 'bert-f32']],
  ['key heads', 'another number of key heads', ['llama-gqa-bf16']],
  ['key heads that nothing counts', 'key heads that nothing counts', ['llama-gqa-bf16', 'bert-f32']],
  ['names that collide', 'a mixture within a layer', ['llama-gqa-bf16', 'bloom-f32']],
  ['models that aren’t scored', 'two models in one file', ['bert-f32', 'gpt2-f32', 'llama-mha-f32']],
  ['the order of fused tensors', 'wrappers in names', ['bloom-f32', 'falcon-new-bf16']],
  ['parts joined', 'parts of 2 and 4', ['llama-gqa-bf16']],
];

describe('a rule that is switched off is detected', () => {
  afterEach(() => {
    off.rule = '';
  });

  it.each(RULES)('finds %s, by %s', async (rule, name, cases) => {
    const kinds = KINDS.filter((kind) => kind.name === name);
    expect((await runWitnesses(kinds, cases)).faults).toEqual([]);
    off.rule = rule;
    expect((await runWitnesses(kinds, cases)).faults).not.toEqual([]);
  });
});
