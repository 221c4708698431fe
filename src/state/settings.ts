// The user's settings, which are saved in the browser, and the engines that this machine offers to choose from.
import * as v from 'valibot';
import { AVAILABLE_ENGINES, type EngineChoice, type EngineOffer } from '../core/engines/index.ts';
import {
  DEFAULT_FIGURE_STYLE,
  FIGURE_PARTS,
  FIGURE_WIDTHS,
  type FigureStyle,
  PNG_SCALES,
  SVG_TEXTS,
} from '../figures/figureStyle.ts';
import { PALETTES, type PaletteName } from '../figures/palette.ts';
import type { Context } from './context.ts';
import { createTask } from './task.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface Settings {
  readonly engine: EngineChoice;
  readonly hubUrl: string;
  readonly theme: Theme;
  /** Colours of values. */
  readonly palette: PaletteName;
  /** Whether what is read of the hub is saved in this browser. */
  readonly keepsBytes: boolean;
  /** Whether / and ? work wherever the focus is; else on a map alone, as its other keys. */
  readonly pageKeys: boolean;
  /** The introduction was closed: it doesn't come back. */
  readonly hidesIntro: boolean;
  /** Whether the service worker isolates the page where its host doesn't. */
  readonly isolates: boolean;
  /** Parts of the head panel that are open. */
  readonly headSections: readonly HeadSectionId[];
  /** Whether the details of the timing panel are open. */
  readonly timingDetails: boolean;
  /** How figures are exported. */
  readonly figure: FigureStyle;
}

/** The parts of the head panel, from top to bottom. */
export const HEAD_SECTIONS = [
  'energy',
  'eigenvalues',
  'singular',
  'chance',
  'matrices',
  'partners',
  'rope',
  'provenance',
] as const;
export type HeadSectionId = (typeof HEAD_SECTIONS)[number];

export interface SettingsSlice {
  readonly settings: Settings;
  readonly engines: readonly EngineOffer[];
}

export const DEFAULT_HUB = 'https://huggingface.co';

export const DEFAULT_PALETTE: PaletteName = 'RdBu';

const DEFAULTS: Settings = {
  engine: 'auto',
  hubUrl: DEFAULT_HUB,
  theme: 'system',
  palette: DEFAULT_PALETTE,
  keepsBytes: false,
  pageKeys: true,
  hidesIntro: false,
  isolates: true,
  headSections: ['energy', 'eigenvalues', 'singular', 'provenance'],
  timingDetails: false,
  figure: DEFAULT_FIGURE_STYLE,
};

export const INITIAL_SETTINGS: SettingsSlice = { settings: DEFAULTS, engines: [] };

const KEY = 'qkscope:settings';

const Schema = v.object({
  engine: v.fallback(v.picklist(['auto', ...AVAILABLE_ENGINES]), 'auto'),
  hubUrl: v.fallback(v.pipe(v.string(), v.url(), v.regex(/^https?:/)), DEFAULT_HUB),
  headSections: v.fallback(v.pipe(v.array(v.picklist(HEAD_SECTIONS)), v.readonly()), DEFAULTS.headSections),
  keepsBytes: v.fallback(v.boolean(), false),
  pageKeys: v.fallback(v.boolean(), true),
  hidesIntro: v.fallback(v.boolean(), false),
  isolates: v.fallback(v.boolean(), true),
  palette: v.fallback(v.picklist(PALETTES), 'RdBu'),
  theme: v.fallback(v.picklist(['system', 'light', 'dark']), 'system'),
  timingDetails: v.fallback(v.boolean(), false),
  figure: v.fallback(
    v.object({
      width: v.picklist(FIGURE_WIDTHS),
      scale: v.picklist(PNG_SCALES),
      text: v.picklist(SVG_TEXTS),
      parts: v.pipe(v.array(v.picklist(FIGURE_PARTS)), v.readonly()),
    }),
    DEFAULT_FIGURE_STYLE,
  ),
});

/** Loads the settings that were saved in this browser, each checked: what isn't right falls back alone. Links can't set them. */
export function loadSettings(storage: Pick<Storage, 'getItem'>): Settings {
  try {
    const parsed = v.safeParse(Schema, JSON.parse(storage.getItem(KEY) ?? '{}'));
    return parsed.success ? parsed.output : DEFAULTS;
  } catch {
    // Storage is closed (private mode, blocked cookies) or holds no JSON: start with the defaults.
    return DEFAULTS;
  }
}

export function saveSettings(storage: Pick<Storage, 'setItem'>, settings: Settings): void {
  try {
    storage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // They hold until the page closes; nothing else is lost.
  }
}

export function settingsActions({ store, client, storage }: Context<SettingsSlice>) {
  const detection = createTask<readonly EngineOffer[]>();
  return {
    set(change: Partial<Settings>): void {
      store.setState((state) => ({ settings: { ...state.settings, ...change } }));
      saveSettings(storage, store.getState().settings);
    },
    /** Asks the worker which engines run here. */
    detectEngines(): void {
      detection.run((signal) => client.stream('engines', null, signal), {
        onEvent: (engines) => store.setState({ engines }),
        // Without a worker nothing can be chosen, and every model says why.
        onEnd() {},
      });
    },
  };
}
