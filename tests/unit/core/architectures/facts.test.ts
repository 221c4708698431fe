import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Positions } from '../../../../src/core/architectures/facts/types.ts';
import { ARCHITECTURES } from '../../../../src/core/architectures/registry.ts';
import { fixture } from '../../../support/localFiles.ts';

/** What others found in the modelling files. */
interface Found {
  readonly model_type: string;
  readonly stack: string;
  readonly positional: { readonly type?: string; readonly pairing?: string };
  readonly qk_norm: {
    readonly keys: readonly string[];
    readonly plusOne?: boolean;
    readonly before_rope: boolean;
    readonly when: string;
  } | null;
}

const FOUND = JSON.parse(
  readFileSync(fixture('architectures', 'positions.json'), 'utf8'),
) as readonly Found[];

function factsOf({ model_type, stack }: Found) {
  const row = ARCHITECTURES.find(({ id, aliases }) => id === model_type || aliases?.includes(model_type));
  const tower = row!.towers.find((candidate) => candidate.stack === stack);
  if (tower === undefined) throw new Error(`${model_type} has no stack ${stack}`);
  return tower.attention!;
}

const name = ({ model_type, stack }: Found) => `${model_type} ${stack}`;

describe('norms of queries and keys agree with independent findings', () => {
  it.each(FOUND.map((found) => [name(found), found] as const))('%s', (_, found) => {
    const { headNorm } = factsOf(found);
    const { qk_norm } = found;
    if (qk_norm === null) expect(headNorm).toEqual({ kind: 'none' });
    else if (qk_norm.keys.length === 0 || !qk_norm.before_rope) expect(headNorm?.kind).toBe('refused');
    else {
      const isOptional = qk_norm.when !== 'always';
      expect(headNorm).toEqual({
        kind: 'gain',
        q: qk_norm.keys[0],
        k: qk_norm.keys[1],
        ...(qk_norm.plusOne ? { plusOne: true } : {}),
        ...(isOptional ? { optional: true } : {}),
      });
    }
  });
});

describe('positions agree with independent findings', () => {
  const isRotary = (type: string | undefined) => type === 'rope' || type === 'rope_partial';
  const pairingOf = (positions: Positions) =>
    positions.kind === 'rope' && typeof positions.pairing === 'string' ? positions.pairing : undefined;

  it.each(FOUND.map((found) => [name(found), found] as const))('%s', (_, found) => {
    const { positions } = factsOf(found);
    if (positions === undefined) return;
    const { type, pairing } = found.positional;
    if (positions.kind === 'refused') {
      // Latent attention has rotary positions, and no one M for all offsets.
      const isLatent = ['deepseek_v2', 'deepseek_v3', 'minicpm3'].includes(found.model_type);
      expect(isRotary(type) && !isLatent).toBe(false);
      return;
    }
    expect(type).toMatch(/^rope/);
    expect(type).not.toBe('rope_2d');
    const own = pairingOf(positions);
    if (own !== undefined) expect(own).toBe(pairing);
  });

  it('are unknown for few models', () => {
    const unknown = FOUND.filter((found) => factsOf(found).positions === undefined).map(name);
    expect(unknown.filter((text) => !text.endsWith('cross'))).toEqual([
      'zamba2 self',
      'chatglm self',
      'chatglm self',
      'baichuan self',
      'jina_embeddings_v3 self',
    ]);
  });
});
