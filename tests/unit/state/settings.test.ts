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
  hidesIntro: true,
  isolates: false,
  headSections: ['rope'],
  timingDetails: true,
  figure: { width: 'single', scale: 3, text: 'text', parts: ['footer'] },
};

describe('settings', () => {
  it('are each restored as they were saved', () => {
    const storage = storageOf();
    saveSettings(storage, OTHERS);
    expect(loadSettings(storage)).toEqual(OTHERS);
    for (const [key, value] of Object.entries(INITIAL_STATE.settings))
      expect(OTHERS[key as keyof Settings], key).not.toEqual(value);
  });

  it('take defaults for what an earlier version lacks', () => {
    const { pageKeys: _, ...earlier } = OTHERS;
    expect(loadSettings(storageOf(JSON.stringify(earlier)))).toEqual({ ...OTHERS, pageKeys: true });
    expect(loadSettings(storageOf())).toEqual(INITIAL_STATE.settings);
  });

  it('take the default for each invalid value alone', () => {
    for (const [key, value] of Object.entries(INITIAL_STATE.settings))
      expect(loadSettings(storageOf(JSON.stringify({ ...OTHERS, [key]: { not: 'right' } })))).toEqual({
        ...OTHERS,
        [key]: value,
      });
  });

  it('have their defaults where storage is closed or holds no JSON', () => {
    expect(loadSettings(storageOf('{'))).toEqual(INITIAL_STATE.settings);
    const closed = () => {
      throw new DOMException('closed', 'SecurityError');
    };
    expect(loadSettings({ getItem: closed })).toEqual(INITIAL_STATE.settings);
    expect(() => saveSettings({ setItem: closed }, OTHERS)).not.toThrow();
  });
});
