import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../../src/core/architectures/mapping.ts';
import { createSavedMappings } from '../../../src/state/savedMappings.ts';
import { storageOf } from '../../support/storage.ts';

const mapping: Mapping = {
  q: 'a.{layer}.q',
  k: 'a.{layer}.k',
  orientation: 'out_in',
  split: 'concat',
  heads: 4,
  kvHeads: 2,
};

describe('the store of the user’s mappings', () => {
  it('returns a mapping for files of the same shape until it is forgotten', () => {
    const place = storageOf();
    createSavedMappings(place).save('shape', mapping);
    expect(createSavedMappings(place).find('shape')).toEqual(mapping);
    expect(createSavedMappings(place).find('other')).toBeNull();
    createSavedMappings(place).forget(mapping);
    expect(createSavedMappings(place).find('shape')).toBeNull();
  });

  it.each([
    ['text that isn’t JSON', '{'],
    ['record without mappings', '{"shape":{"q":1}}'],
    ['mapping without heads', JSON.stringify({ shape: { ...mapping, heads: 0 } })],
  ])('ignores a stored %s', (_, text) => {
    expect(createSavedMappings(storageOf(text)).find('shape')).toBeNull();
  });

  it('returns a mapping of three-dimensional tensors beside one that can’t be read', () => {
    const place = storageOf(
      JSON.stringify({ odd: { q: 1 }, shape: { ...mapping, orientation: 'head_in_dim' } }),
    );
    const remembered = createSavedMappings(place);
    expect(remembered.find('odd')).toBeNull();
    expect(remembered.find('shape')).toMatchObject({ orientation: 'head_in_dim' });
    remembered.forget({ ...mapping, orientation: 'head_in_dim' });
    expect(remembered.find('shape')).toBeNull();
  });

  it('keeps the latest fifty', () => {
    const place = storageOf();
    const remembered = createSavedMappings(place);
    for (let at = 0; at < 60; at++) remembered.save(`s${at}`, { ...mapping, heads: at + 1, kvHeads: 1 });
    expect(remembered.find('s9')).toBeNull();
    expect(remembered.find('s10')).toMatchObject({ heads: 11 });
    expect(remembered.find('s59')).toMatchObject({ heads: 60 });
  });

  it('forgets without an error where storage is closed', () => {
    const closed = () => {
      throw new DOMException('closed', 'SecurityError');
    };
    const remembered = createSavedMappings({ getItem: closed, setItem: closed });
    remembered.save('shape', mapping);
    expect(remembered.find('shape')).toBeNull();
  });
});
