// Finds the config that belongs to a set of weights, also under the names that browsers give to copies.
import { QKError } from '../errors.ts';
import { listInWords } from '../listInWords.ts';
import type { Repo, WeightSet } from '../repos/index.ts';
import type { NamedConfig } from './decideConfig.ts';
import { type ReadConfig, readConfig, readSmall } from './readJson.ts';

export interface FoundConfig extends ReadConfig {
  /** Sentences for the user about a config that has an unexpected place or name. */
  readonly notes: readonly string[];
  /**
   * Other configs in the same folder that could be meant: params.json beside config.json, or a browser's copy that
   * differs.
   */
  readonly others: readonly NamedConfig[];
}

/**
 * Names that browsers and systems give to a copy: "config (1).json" (Chromium), "config(1).json" (Firefox),
 * "config-1.json" (Safari), "config copy.json" (macOS), "config - Copy.json" (Windows).
 */
const RENAMED = /^(?:config|params)(?: ?\(\d+\)|[ _-]\d+|(?: -)?[ _-]copy(?: ?\(?\d+\)?)?)\.json$/i;
/** Keys of which the config of any model has at least one. */
const CONFIG_KEYS = [
  'model_type',
  'architectures',
  'num_attention_heads',
  'hidden_size',
  'n_head',
  'n_heads',
  'n_embd',
  'text_config',
  'vision_config',
];

/**
 * Finds the config of a set of weights: first in the folder of the file, then in the folders above it. Files of Meta
 * and Mistral (`consolidated…`) prefer params.json, all others config.json. A copy that a browser or a system made
 * counts only where there is no original.
 * @throws QKError 'config-invalid' where several copies differ
 */
export async function findConfig(repo: Repo, set: WeightSet, signal?: AbortSignal): Promise<FoundConfig> {
  const usual = ['config.json', 'params.json'];
  const isOriginal = /(?:^|\/)consolidated[^/]*$/.test(set.id);
  const names = [...(isOriginal ? usual.reverse() : usual), 'open_clip_config.json'];
  for (const folder of foldersAbove(set.folder)) {
    const notes: string[] = [];
    let found = await readConfig(
      repo,
      names.map((name) => folder + name),
      signal,
    );
    if (found.path === null) {
      const other =
        (await renamedConfig(repo, folder, signal)) ??
        (folder === set.folder ? await configOfStem(repo, set, signal) : null);
      if (other !== null) {
        found = other;
        notes.push(`There is no config.json; ${other.path} was read in its place.`);
      }
    }
    if (found.path === null) continue;
    if (folder !== set.folder && found.config !== null)
      notes.push(
        `${set.files[0] ?? set.id} was read with ${folder === '' ? `the root’s ${found.path}` : found.path}, because there is no config in its own folder.`,
      );
    const others = await configsBeside(repo, folder, found.path, signal);
    return { ...found, notes: [...notes, ...others.notes], others: others.configs };
  }
  return { config: null, path: null, fault: null, notes: [], others: [] };
}

/** Lists a file's folder and the folders that contain it: "a/b/", "a/", "". */
function foldersAbove(folder: string): string[] {
  const parts = folder.split('/').slice(0, -1);
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    parts
      .slice(0, parts.length - up)
      .map((part) => `${part}/`)
      .join(''),
  );
}

/** Reads the other configs of a folder. A config with the same values is left out. */
async function configsBeside(
  repo: Repo,
  folder: string,
  chosen: string,
  signal?: AbortSignal,
): Promise<{ readonly configs: readonly NamedConfig[]; readonly notes: readonly string[] }> {
  const beside = repo.paths.filter(
    (path) => path !== chosen && path.startsWith(folder) && isConfigName(path.slice(folder.length)),
  );
  // A copy that was read in place of the original has already been compared with the other copies.
  if (beside.length === 0 || RENAMED.test(chosen.slice(folder.length))) return { configs: [], notes: [] };
  const read = await Promise.all([chosen, ...beside].map((path) => readBeside(repo, path, signal)));
  const texts = read.map(({ config }) => JSON.stringify(config));
  const different = read.filter(({ config }, at) => at > 0 && config !== null && texts[at] !== texts[0]);
  const copies = different.flatMap(({ path }) =>
    path !== null && RENAMED.test(path.slice(folder.length)) ? [path] : [],
  );
  return {
    configs: different.map(({ config, path }) => ({ config: config!, name: path! })),
    notes:
      copies.length === 0 ? [] : [`${chosen} was read; beside it ${listInWords(copies)} says otherwise.`],
  };
}

/**
 * Reads a config; one that is far too large gives a fault instead of an error, since it is no reason to refuse the
 * model.
 */
async function readBeside(repo: Repo, path: string, signal?: AbortSignal): Promise<ReadConfig> {
  try {
    return await readConfig(repo, [path], signal);
  } catch (error) {
    if (!(error instanceof QKError && error.code === 'too-large')) throw error;
    return { config: null, path, fault: error.message };
  }
}

function isConfigName(name: string): boolean {
  return name === 'config.json' || name === 'params.json' || RENAMED.test(name);
}

async function renamedConfig(repo: Repo, folder: string, signal?: AbortSignal): Promise<ReadConfig | null> {
  const copies = repo.paths.filter(
    (path) => path.startsWith(folder) && RENAMED.test(path.slice(folder.length)),
  );
  const [first] = copies;
  if (first === undefined) return null;
  const contents = await Promise.all(copies.map((path) => readSmall(repo, path, signal)));
  const isSame = contents.every(
    (bytes) => bytes.length === contents[0]!.length && bytes.every((byte, at) => byte === contents[0]![at]),
  );
  if (!isSame) {
    throw new QKError(
      'config-invalid',
      `${listInWords(copies)} differ, and QKScope can't tell which of them is the model's config.`,
      {
        where: first,
        hint: 'Drop only the one that came with these weights, or rename it to config.json.',
      },
    );
  }
  return readConfig(repo, [first], signal);
}

/** Reads "m.json" or "m_config.json" beside "m.safetensors" if it has the keys of a config. */
async function configOfStem(repo: Repo, set: WeightSet, signal?: AbortSignal): Promise<ReadConfig | null> {
  if (set.files.length !== 1) return null;
  const stem = set.files[0]!.replace(/\.\w+$/, '');
  const read = await readConfig(
    repo,
    [`${stem}.json`, `${stem}_config.json`, `${stem}-config.json`, `${stem}.config.json`],
    signal,
  );
  const { config } = read;
  return config !== null && CONFIG_KEYS.some((key) => Object.hasOwn(config, key)) ? read : null;
}
