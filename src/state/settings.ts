import * as v from 'valibot';
import { AVAILABLE_ENGINES } from '../core/engines/index.ts';
import { PALETTES } from '../figures/palette.ts';
import { DEFAULT_HUB, HEAD_SECTIONS, INITIAL_STATE, type Settings } from './appState.ts';

const KEY = 'qkscope:settings';

const Schema = v.object({
  engine: v.fallback(v.picklist(['auto', ...AVAILABLE_ENGINES]), 'auto'),
  hubUrl: v.fallback(v.pipe(v.string(), v.url(), v.regex(/^https?:/)), DEFAULT_HUB),
  headSections: v.fallback(
    v.pipe(v.array(v.picklist(HEAD_SECTIONS)), v.readonly()),
    INITIAL_STATE.settings.headSections,
  ),
  keepsBytes: v.fallback(v.boolean(), false),
  pageKeys: v.fallback(v.boolean(), true),
  palette: v.fallback(v.picklist(PALETTES), 'RdBu'),
  theme: v.fallback(v.picklist(['system', 'light', 'dark']), 'system'),
});

/** The settings that were kept in this browser, each checked: what isn't right falls back alone. Links can't set them. */
export function loadSettings(storage: Pick<Storage, 'getItem'>): Settings {
  try {
    const parsed = v.safeParse(Schema, JSON.parse(storage.getItem(KEY) ?? '{}'));
    return parsed.success ? parsed.output : INITIAL_STATE.settings;
  } catch {
    // Storage is closed (private mode, blocked cookies) or holds no JSON: start with the defaults.
    return INITIAL_STATE.settings;
  }
}

export function saveSettings(storage: Pick<Storage, 'setItem'>, settings: Settings): void {
  try {
    storage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // They hold until the page closes; nothing else is lost.
  }
}
