// Parses what the user types or pastes as the name of a model.
import { QKError } from '../errors.ts';
import { readPastedModel } from './pastedText.ts';
import { formatOfPath, quantisationPath } from './weightSets.ts';

export interface ModelId {
  /** The repository's name: "gpt2" or "owner/model". */
  readonly repo: string;
  /** A branch, tag, commit or refs/pr/N; undefined means main. */
  readonly revision?: string;
  /**
   * The weight file that the text names, or "*Q4_K_M*.gguf" for the GGUF file of a quantisation (`owner/model:Q4_K_M`).
   */
  readonly path?: string;
}

/** The hub's rule for names: letters, digits, - _ . , no leading or trailing - or ., no "--" or "..". */
const NAME = /^(?!.*(?:--|\.\.))[\w](?:[\w.-]*\w)?$/;

/**
 * The start of a URL with any host (a mirror's, an address in the local network), in git's form, or without the scheme.
 */
const URL_START =
  /^(?:(?:https?|git|ssh):\/\/(?:[^/\s?#@]+@)?[^/\s?#]+|git@[^/:\s]+:|(?:www\.)?(?:huggingface\.co|hf\.co)(?=[/?#]|$))/i;
/** Parts of a URL's path that a revision follows. */
const BEFORE_REVISION: ReadonlySet<string> = new Set(['tree', 'blob', 'resolve', 'raw', 'commit', 'commits']);
/** Other parts of the hub whose paths look like a model's, with what they are. */
const NOT_MODELS: ReadonlyMap<string, string> = new Map([
  ['datasets', 'a data set'],
  ['spaces', 'a Space, which is an app'],
  ['api', 'an address of the hub’s API'],
  ['collections', 'a collection'],
  ['docs', 'a page of documentation'],
  ['papers', 'a paper'],
]);

/**
 * Parses `gpt2`, `owner/model`, `owner/model@revision`, `owner/model:Q4_K_M`, `owner/model/file.safetensors`, a hub URL
 * (`/tree/rev`, `/blob/rev/file`, `/resolve/rev/file`), `hf://owner/model`, or a line that contains one of them. Of a
 * URL only the path counts: the hub is a setting of the page, and no link can change it.
 * @throws QKError 'bad-model-id'
 */
export function parseModelId(text: string): ModelId {
  const { name, revision, file } = readPastedModel(text);
  const model = parseName(name, text);
  return {
    ...model,
    ...(revision === undefined || model.revision !== undefined
      ? {}
      : { revision: checkedRevision(revision, text) }),
    ...(file === undefined || model.path !== undefined || !isWeightFile(file) ? {} : { path: file }),
  };
}

function parseName(name: string, text: string): ModelId {
  const start = URL_START.exec(name);
  if (start !== null) return parsePath(name.slice(start[0].length).replace(/[?#].*$/s, ''), text);
  const scheme = /^hf:\/\/(?:models\/)?/i.exec(name);
  const plain = scheme === null ? name : name.slice(scheme[0].length);
  // The folders of the hub's local cache have such names.
  const cached = /^models--(.+)$/.exec(plain)?.[1]?.replace('--', '/');
  return parsePlain(cached ?? plain, text);
}

function parsePlain(name: string, text: string): ModelId {
  const parts = name.split('/').filter((part, at, all) => part !== '' || at < all.length - 1);
  const other = NOT_MODELS.get(parts.length > 1 ? parts[0]! : '');
  if (other !== undefined) throw bad(text, `it names ${other}`);
  // The text is "owner/model@refs/pr/1" or "owner/model@v1/file.safetensors".
  const marked = parts.findIndex((part) => part.includes('@'));
  if (marked >= 0) {
    const at = parts[marked]!.indexOf('@');
    const model = [...parts.slice(0, marked), parts[marked]!.slice(0, at)];
    const rest = [parts[marked]!.slice(at + 1), ...parts.slice(marked + 1)];
    const width = rest[0] === 'refs' && rest.length >= 3 ? 3 : 1;
    const file = rest.slice(width).join('/');
    if (file !== '' && !isWeightFile(file)) return checked(model, rest.join('/'), text);
    const id = checked(model, rest.slice(0, width).join('/'), text);
    return file === '' ? id : { ...id, path: file };
  }
  const file = parts.slice(2).join('/');
  if (isWeightFile(file)) return { ...checked(parts.slice(0, 2), undefined, text), path: file };
  return checked(parts, undefined, text);
}

function parsePath(path: string, text: string): ModelId {
  let parts: string[];
  try {
    parts = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    throw bad(text);
  }
  const other = NOT_MODELS.get(parts[0] ?? '');
  if (other !== undefined) throw bad(text, `it is the address of ${other}`);
  const mark = parts.findIndex((part, at) => at > 0 && (BEFORE_REVISION.has(part) || part === 'discussions'));
  if (mark < 0) {
    const file = parts.slice(2).join('/');
    return isWeightFile(file)
      ? { ...checked(parts.slice(0, 2), undefined, text), path: file }
      : checked(parts, undefined, text);
  }
  const rest = parts.slice(mark + 1);
  // A discussion that is a pull request has its files at refs/pr/N; for any other discussion the hub says that there
  // are none.
  if (parts[mark] === 'discussions')
    return checked(
      parts.slice(0, mark),
      /^\d+$/.test(rest[0] ?? '') ? `refs/pr/${rest[0]}` : undefined,
      text,
    );
  const width = rest[0] === 'refs' && rest.length >= 3 ? 3 : 1;
  const model = checked(parts.slice(0, mark), rest.slice(0, width).join('/'), text);
  const file = rest.slice(width).join('/');
  return isWeightFile(file) && !parts[mark]!.startsWith('tree') ? { ...model, path: file } : model;
}

function isWeightFile(file: string): boolean {
  return formatOfPath(file.replace(/\.index\.json$/, '')) !== null;
}

/** Checks the parts of the repository's name; the last may end in `.git`, or in `:` and a quantisation. */
function checked(parts: readonly string[], revision: string | undefined, text: string): ModelId {
  const [last = '', tag] = splitTag(parts.at(-1) ?? '');
  const names = [...parts.slice(0, -1), last.replace(/\.git$/i, '')];
  if (names.length > 2 || !names.every((part) => NAME.test(part) && part.length <= 96)) throw bad(text);
  if (tag !== undefined && !/^[\w.-]+$/.test(tag)) throw bad(text);
  return {
    repo: names.join('/'),
    ...(revision === undefined ? {} : { revision: checkedRevision(revision, text) }),
    // Ollama's tag "latest" names no quantisation.
    ...(tag === undefined || tag === 'latest' ? {} : { path: quantisationPath(tag) }),
  };
}

function splitTag(name: string): [string, string?] {
  const at = name.indexOf(':');
  return at < 0 ? [name] : [name.slice(0, at), name.slice(at + 1)];
}

function checkedRevision(revision: string, text: string): string {
  if (revision === '' || /\s|\.\.|[~^:?*[\\]/.test(revision)) throw bad(text);
  return revision;
}

function bad(text: string, why?: string): QKError {
  const shown = text
    .replace(/[\p{C}]/gu, '')
    .trim()
    .slice(0, 80);
  return new QKError(
    'bad-model-id',
    shown === ''
      ? 'No model was named.'
      : `“${shown}” isn't a model's name${why === undefined ? '' : `: ${why}`}.`,
    {
      hint: 'Enter a name such as gpt2, owner/model, owner/model@revision or owner/model:Q4_K_M, paste a hub URL, or drop a file.',
    },
  );
}
