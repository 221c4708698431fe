import { QKError } from '../errors.ts';
import { formatOfPath } from './weightSets.ts';

export interface ModelId {
  /** "gpt2" or "owner/model". */
  readonly repo: string;
  /** Branch, tag, commit or refs/pr/N; undefined means main. */
  readonly revision?: string;
  /** The weight file that a link to a file names. */
  readonly path?: string;
}

/** The hub's rule for names: letters, digits, - _ . , no leading or trailing - or ., no "--" or "..". */
const NAME = /^(?!.*(?:--|\.\.))[\w](?:[\w.-]*\w)?$/;

/** A URL with any host (a mirror's, an address in the local network), or the hub's without the scheme. */
const URL_START = /^(?:https?:\/\/[^/\s?#]+|(?:huggingface\.co|hf\.co)(?=[/?#]|$))/i;
/** After these in a URL's path comes a revision. */
const BEFORE_REVISION: ReadonlySet<string> = new Set(['tree', 'blob', 'resolve', 'raw', 'commit', 'commits']);
/** Other parts of the hub, whose paths look like a model's. */
const NOT_MODELS: ReadonlySet<string> = new Set([
  'datasets',
  'spaces',
  'api',
  'collections',
  'docs',
  'papers',
]);

/**
 * `gpt2`, `owner/model`, `owner/model@revision`, or a hub URL (`/tree/rev`, `/blob/rev/file`, `/resolve/rev/file`). Of a URL
 * only the path counts: which hub is asked is a setting of the page, and no link can change it.
 * @throws QKError 'bad-model-id'
 */
export function parseModelId(text: string): ModelId {
  const trimmed = text.trim();
  const start = URL_START.exec(trimmed);
  if (start === null) return parsePlain(trimmed);
  return parsePath(trimmed.slice(start[0].length).replace(/[?#].*$/s, ''), trimmed);
}

function parsePlain(text: string): ModelId {
  const at = text.indexOf('@');
  const repo = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? undefined : text.slice(at + 1);
  return checked(repo.split('/'), revision, text);
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
  if (NOT_MODELS.has(parts[0] ?? '')) throw bad(text);
  const mark = parts.findIndex((part, at) => at > 0 && (BEFORE_REVISION.has(part) || part === 'discussions'));
  if (mark < 0) return checked(parts, undefined, text);
  const rest = parts.slice(mark + 1);
  // A discussion that is a pull request has its files at refs/pr/N; of one that isn't, the hub says that there are none.
  if (parts[mark] === 'discussions')
    return checked(
      parts.slice(0, mark),
      /^\d+$/.test(rest[0] ?? '') ? `refs/pr/${rest[0]}` : undefined,
      text,
    );
  const width = rest[0] === 'refs' && rest.length >= 3 ? 3 : 1;
  const model = checked(parts.slice(0, mark), rest.slice(0, width).join('/'), text);
  const file = rest.slice(width).join('/');
  const isWeights =
    formatOfPath(file.replace(/\.index\.json$/, '')) !== null && !parts[mark]!.startsWith('tree');
  return isWeights ? { ...model, path: file } : model;
}

function checked(parts: readonly string[], revision: string | undefined, text: string): ModelId {
  if (parts.length < 1 || parts.length > 2 || !parts.every((part) => NAME.test(part) && part.length <= 96))
    throw bad(text);
  if (revision === undefined) return { repo: parts.join('/') };
  if (revision === '' || /\s|\.\.|[~^:?*[\\]/.test(revision)) throw bad(text);
  return { repo: parts.join('/'), revision };
}

function bad(text: string): QKError {
  return new QKError(
    'bad-model-id',
    text === '' ? 'No model was named.' : `“${text.slice(0, 80)}” isn't a model's name.`,
    {
      hint: 'Write gpt2, owner/model, owner/model@revision, or paste a hub URL; or drop a file.',
    },
  );
}
