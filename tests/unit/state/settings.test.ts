import { describe, expect, it } from 'vitest';
import { INITIAL_STATE } from '../../../src/state/appState.ts';
import { loadSettings, type Settings, saveSettings } from '../../../src/state/settings.ts';
import { storageOf } from '../../support/storage.ts';

const OTHERS: Settings = {
  engine: 'wasm',
  hubUrl: 'https://mirror.example',
  theme: 'dark',
  palette: 'cividis',
  keepsBytes: true,
  pageKeys: false,
  headSections: ['rope'],
};

describe('settings', () => {
  it('come back as they were kept, each of them', () => {
    const storage = storageOf();
    saveSettings(storage, OTHERS);
    expect(loadSettings(storage)).toEqual(OTHERS);
    for (const [key, value] of Object.entries(INITIAL_STATE.settings))
      expect(OTHERS[key as keyof Settings], key).not.toEqual(value);
  });

  it('of an earlier version lack what is newer: its default is taken', () => {
    const { pageKeys: _, ...earlier } = OTHERS;
    expect(loadSettings(storageOf(JSON.stringify(earlier)))).toEqual({ ...OTHERS, pageKeys: true });
    expect(loadSettings(storageOf())).toEqual(INITIAL_STATE.settings);
  });

  it('that aren’t right fall back alone; storage that is closed or holds no JSON gives the defaults', () => {
    for (const [key, value] of Object.entries(INITIAL_STATE.settings))
      expect(loadSettings(storageOf(JSON.stringify({ ...OTHERS, [key]: { not: 'right' } })))).toEqual({
        ...OTHERS,
        [key]: value,
      });
    expect(loadSettings(storageOf('{'))).toEqual(INITIAL_STATE.settings);
    const closed = () => {
      throw new DOMException('closed', 'SecurityError');
    };
    expect(loadSettings({ getItem: closed })).toEqual(INITIAL_STATE.settings);
    expect(() => saveSettings({ setItem: closed }, OTHERS)).not.toThrow();
  });
});
