import { QKError } from '../errors.ts';
import { listInWords } from '../listInWords.ts';
import type { Repo, WeightSet } from '../repos/index.ts';
import type { NamedConfig } from './decideConfig.ts';
import { type ReadConfig, readConfig, readSmall } from './readJson.ts';

export interface FoundConfig extends ReadConfig {
  /** Sentences for the user: a config that isn't where, or isn't called what, one expects. */
  readonly notes: readonly string[];
  /** Others of the same folder that could be meant: params.json beside config.json, a browser's copy that differs. */
  readonly others: readonly NamedConfig[];
}

/**
 * "config (1).json" (Chromium), "config(1).json" (Firefox), "config-1.json" (Safari), "config copy.json" (macOS),
 * "config - Copy.json" (Windows).
 */
const RENAMED = /^(?:config|params)(?: ?\(\d+\)|[ _-]\d+|(?: -)?[ _-]copy(?: ?\(?\d+\)?)?)\.json$/i;
/** What any model's config says, under one of these names. */
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
 * The config of a set of weights: beside the file first, then in the folders above it. Meta's and Mistral's own
 * files (`consolidated…`) are told by params.json, others by config.json; a browser's or system's copy of one counts
 * where the original isn't there.
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

/** "a/b/", "a/", "": a file's folder and those around it. */
function foldersAbove(folder: string): string[] {
  const parts = folder.split('/').slice(0, -1);
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    parts
      .slice(0, parts.length - up)
      .map((part) => `${part}/`)
      .join(''),
  );
}

/** The other configs of a folder under such names. One that holds the same values is no other. */
async function configsBeside(
  repo: Repo,
  folder: string,
  chosen: string,
  signal?: AbortSignal,
): Promise<{ readonly configs: readonly NamedConfig[]; readonly notes: readonly string[] }> {
  const beside = repo.paths.filter(
    (path) => path !== chosen && path.startsWith(folder) && isConfigName(path.slice(folder.length)),
  );
  // A copy that was read in the original's place is compared with its like already.
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

/** A file of such a name that is far too large is no config, and no reason to refuse the model. */
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

/** "m.json" or "m_config.json" beside "m.safetensors", if it says what configs say. */
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
