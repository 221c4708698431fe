/**
 * The model that a pasted line names, by its name or address, with the revision and file that a command on the line
 * gives.
 */
export interface PastedModel {
  readonly name: string;
  readonly revision?: string | undefined;
  readonly file?: string | undefined;
}

/** Zero-width characters, byte order marks and soft hyphens, which chats and editors leave in copied text. */
const INVISIBLE = /[\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/g;
const OPENING = '"\'`“”„‟«»‘’‚‛‹›<([{*';
const CLOSING = '"\'`“”„‟«»‘’‚‛‹›>)]}*';

/** Commands whose next plain word is a model: git, the hub's commands (two generations), Ollama, vLLM. */
const COMMANDS: readonly RegExp[] = [
  /^git(?:\s+lfs)?\s+clone\s+/i,
  /^(?:huggingface-cli|hf)\s+download\s+/i,
  /^ollama\s+(?:run|pull|show)\s+/i,
  /^vllm\s+serve\s+/i,
];
/** Options of other commands that name a model: llama.cpp's -hf, --model of servers and of mlx_lm. */
const OPTION = /\s(?:-hfr?|--hf-repo|--model(?:[-_]id)?|--repo[-_]id)[ =]+(\S+)/i;
/** Options of those commands that a value follows. */
const WITH_VALUE =
  /^--?(?:b|branch|depth|revision|include|exclude|local-dir|cache-dir|token|repo-type|filename|j|jobs)$/i;

/**
 * Reads a model's name as people paste it: it strips quotes, brackets, blanks and invisible characters, and extracts
 * the model from a command or a line of Python (`git clone …`, `huggingface-cli download …`, `from_pretrained("…")`).
 */
export function readPastedModel(text: string): PastedModel {
  const line = text
    .replace(INVISIBLE, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:[$!%>#]|>>>)\s+/, '');
  return readCall(line) ?? readCommand(line) ?? { name: bare(readLink(line)) };
}

/**
 * Reads `AutoModel.from_pretrained("owner/model", revision="v1")`, `repo_id="owner/model"` or `--model owner/model`.
 */
function readCall(line: string): PastedModel | null {
  const quoted =
    /(?:from_pretrained\(|\b(?:repo_id|model|model_id|model_name)\s*=)\s*["'“”‘’]([^"'“”‘’]+)["'“”‘’]/.exec(
      line,
    );
  if (quoted === null) return null;
  const of = (key: string) => new RegExp(`\\b${key}\\s*=\\s*["'“”‘’]([^"'“”‘’]+)["'“”‘’]`).exec(line)?.[1];
  return { name: bare(quoted[1]!), revision: of('revision'), file: of('filename') };
}

function readCommand(line: string): PastedModel | null {
  const command = COMMANDS.find((pattern) => pattern.test(line));
  if (command === undefined) {
    const named = OPTION.exec(line)?.[1];
    return named === undefined ? null : { name: bare(named) };
  }
  const words = line.replace(command, '').split(' ');
  const plain: string[] = [];
  let revision: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith('-')) plain.push(bare(word));
    else if (WITH_VALUE.test(word)) {
      at++;
      if (/^--?(?:b|branch|revision)$/.test(word)) revision = bare(words[at] ?? '');
    } else revision = /^--(?:branch|revision)=(.+)$/.exec(word)?.[1] ?? revision;
  }
  const isDownload = /^\S+\s+download\s/i.test(line);
  return { name: plain[0] ?? '', revision, file: isDownload ? plain[1] : undefined };
}

/** Returns the address of a Markdown link, `[a name](https://…)`. */
function readLink(line: string): string {
  return /^!?\[[^\]]*\]\((\S+?)\)[.,;]?$/.exec(line)?.[1] ?? line;
}

/**
 * Strips quotes, brackets and a sentence's punctuation around the text, and blanks around its marks ("owner / model").
 */
function bare(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && (text[from] === ' ' || OPENING.includes(text[from]!))) from++;
  while (to > from && (text[to - 1] === ' ' || CLOSING.includes(text[to - 1]!))) to--;
  // A sentence's punctuation may stand inside the quotes and after them.
  const inner = text.slice(from, to).replace(/([\w"'`”’»›>)\]}*])[.,;:!?]$/, '$1');
  return (inner.length < to - from ? bare(inner) : inner).replace(/ ?([/@]) ?/g, '$1');
}
