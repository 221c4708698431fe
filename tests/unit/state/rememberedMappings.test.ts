import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../../src/core/architectures/mapping.ts';
import { createRememberedMappings } from '../../../src/state/rememberedMappings.ts';
import { storageOf } from '../../support/storage.ts';

const mapping: Mapping = {
  q: 'a.{layer}.q',
  k: 'a.{layer}.k',
  orientation: 'out_in',
  split: 'concat',
  heads: 4,
  kvHeads: 2,
};

describe('mappings that the user chose', () => {
  it('come back for files of the same shape, until they are forgotten', () => {
    const place = storageOf();
    createRememberedMappings(place).remember('shape', mapping);
    expect(createRememberedMappings(place).of('shape')).toEqual(mapping);
    expect(createRememberedMappings(place).of('other')).toBeNull();
    createRememberedMappings(place).forget(mapping);
    expect(createRememberedMappings(place).of('shape')).toBeNull();
  });

  it.each([
    ['no JSON', '{'],
    ['no mappings', '{"shape":{"q":1}}'],
    ['no heads', JSON.stringify({ shape: { ...mapping, heads: 0 } })],
  ])('what was kept is checked: %s', (_, text) => {
    expect(createRememberedMappings(storageOf(text)).of('shape')).toBeNull();
  });

  it('of tensors of three dimensions come back too; one that can’t be read costs itself alone', () => {
    const place = storageOf(
      JSON.stringify({ odd: { q: 1 }, shape: { ...mapping, orientation: 'head_in_dim' } }),
    );
    const remembered = createRememberedMappings(place);
    expect(remembered.of('odd')).toBeNull();
    expect(remembered.of('shape')).toMatchObject({ orientation: 'head_in_dim' });
    remembered.forget({ ...mapping, orientation: 'head_in_dim' });
    expect(remembered.of('shape')).toBeNull();
  });

  it('the latest fifty', () => {
    const place = storageOf();
    const remembered = createRememberedMappings(place);
    for (let at = 0; at < 60; at++) remembered.remember(`s${at}`, { ...mapping, heads: at + 1, kvHeads: 1 });
    expect(remembered.of('s9')).toBeNull();
    expect(remembered.of('s59')).toMatchObject({ heads: 60 });
  });

  it('closed storage forgets, and that is all', () => {
    const closed = () => {
      throw new DOMException('closed', 'SecurityError');
    };
    const remembered = createRememberedMappings({ getItem: closed, setItem: closed });
    remembered.remember('shape', mapping);
    expect(remembered.of('shape')).toBeNull();
  });
});
