import { describe, expect, it } from 'vitest';
import { INITIAL_STATE } from '../../../src/state/appState.ts';
import { browserStorage } from '../../../src/state/browserStorage.ts';
import { createSavedMappings } from '../../../src/state/savedMappings.ts';
import { loadSettings, saveSettings } from '../../../src/state/settings.ts';
import { storageOf } from '../../support/storage.ts';

const refuse = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};

describe('the browser’s storage', () => {
  it('is used where it is open', () => {
    const storage = browserStorage(() => storageOf('kept'));
    expect(storage.getItem('any')).toBe('kept');
  });

  it.each([
    ['refused as soon as it is named', refuse],
    ['null', () => null],
    ['missing', () => undefined],
    ['open, but refusing every call', () => ({ getItem: refuse, setItem: refuse })],
  ])('gives the page its defaults and saves nothing: %s', (_, open) => {
    const storage = browserStorage(open);
    expect(loadSettings(storage)).toEqual(INITIAL_STATE.settings);
    saveSettings(storage, { ...INITIAL_STATE.settings, palette: 'PuOr' });
    const mappings = createSavedMappings(storage);
    mappings.save('shape', {
      ...{ q: 'q', k: 'k', orientation: 'out_in', split: 'qk', heads: 2, kvHeads: 2 },
    } as never);
    expect(mappings.find('shape')).toBeNull();
    expect(loadSettings(storage)).toEqual(INITIAL_STATE.settings);
  });
});
