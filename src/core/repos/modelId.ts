import { QKError } from '../errors.ts';

export interface ModelId {
  /** "gpt2" or "owner/model". */
  readonly repo: string;
  /** Branch, tag, commit or refs/pr/N; undefined means main. */
  readonly revision?: string;
}

/** The hub's rule for names: letters, digits, - _ . , no leading or trailing - or ., no "--" or "..". */
const NAME = /^(?!.*(?:--|\.\.))[\w](?:[\w.-]*\w)?$/;

/**
 * `gpt2`, `owner/model`, `owner/model@revision`, or a hub URL (`/tree/rev`, `/blob/rev/file`, `/resolve/rev/file`). Of a URL
 * only the path counts: which hub is asked is a setting of the page, and no link can change it.
 * @throws QKError 'bad-model-id'
 */
export function parseModelId(text: string): ModelId {
  const trimmed = text.trim();
  const path = /^(?:https?:\/\/)?[^/\s]+\.[a-z]+(?::\d+)?\/(?<path>[^?#]*)/i.exec(trimmed);
  const isUrl = /^https?:\/\//i.test(trimmed) || /^(?:huggingface\.co|hf\.co)\//i.test(trimmed);
  return isUrl && path !== null ? parsePath(path.groups!.path!, trimmed) : parsePlain(trimmed);
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
  const mark = parts.findIndex((part, at) => at > 0 && ['tree', 'blob', 'resolve', 'commit'].includes(part));
  if (mark < 0) return checked(parts, undefined, text);
  const rest = parts.slice(mark + 1);
  const revision = rest[0] === 'refs' && rest.length >= 3 ? rest.slice(0, 3).join('/') : rest[0];
  return checked(parts.slice(0, mark), revision, text);
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
