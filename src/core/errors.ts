/** What went wrong, as data first: the page, the worker and the tests read the code; people read the text. */
export type ErrorCode =
  // bytes and repositories
  | 'read-failed'
  | 'range-outside-file'
  | 'file-changed'
  | 'cancelled'
  | 'network'
  | 'unauthorized'
  | 'gated'
  | 'forbidden'
  | 'repo-not-found'
  | 'revision-not-found'
  | 'file-not-found'
  | 'rate-limited'
  | 'server-error'
  | 'bad-model-id'
  | 'no-weights'
  // formats
  | 'safetensors-header-too-small'
  | 'safetensors-header-too-large'
  | 'safetensors-header-length'
  | 'safetensors-header-utf8'
  | 'safetensors-header-json'
  | 'safetensors-tensor-info'
  | 'safetensors-offsets'
  | 'safetensors-overflow'
  | 'safetensors-incomplete'
  /** The file contradicts itself, or ends too early. */
  | 'file-damaged'
  /** We know what it is, and can't take weights from it. */
  | 'format-unsupported'
  /** A pickle that asks for more than a state dict needs. */
  | 'pickle-refused'
  | 'index-invalid'
  | 'config-invalid'
  /** A file of the user's own scores that can't be read as such. */
  | 'scores-invalid'
  /** A file of exported scores, or a picture, that holds none, or whose scores contradict themselves. */
  | 'result-invalid'
  /** A link whose scores are damaged, or that asks for what isn't there. */
  | 'link-invalid'
  // architectures and weights
  | 'architecture-unknown'
  | 'layout-mismatch'
  /** The files leave open how they are to be read: whoever asked must say it. */
  | 'answer-needed'
  | 'dtype-unsupported'
  | 'too-large'
  /** Gains or positions that the model doesn't have, or that aren't known. */
  | 'convention-unavailable'
  // engines
  | 'engine-unavailable'
  | 'engine-failed'
  | 'device-lost'
  /** The background worker ended, or had to be ended. */
  | 'worker-stopped'
  // the page
  | 'clipboard-refused'
  | 'internal';

export interface QKErrorDetails {
  /** The file, tensor, layer or offset concerned. */
  readonly where?: string | undefined;
  /** What the user can do now. */
  readonly hint?: string | undefined;
  /** False when trying again may help (a lost connection, a rate limit). */
  readonly permanent?: boolean | undefined;
  readonly cause?: unknown;
}

/** What a file names may be of any length; a sentence on a page can't be. */
const MAX_CHARACTERS = 1000;

function cut(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`;
}

/** The one error type that crosses layers: what went wrong (message), where, and what the user can do (hint). */
export class QKError extends Error {
  override readonly name = 'QKError';
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string | undefined;
  readonly permanent: boolean;

  constructor(code: ErrorCode, message: string, details: QKErrorDetails = {}) {
    super(cut(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where === undefined ? undefined : cut(details.where);
    this.hint = details.hint === undefined ? undefined : cut(details.hint);
    this.permanent = details.permanent ?? true;
  }
}

/** A QKError as structured-clone data: postMessage drops the own fields of error objects. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly where?: string | undefined;
  readonly hint?: string | undefined;
  readonly permanent: boolean;
  readonly cause?: string | undefined;
}

/** Any thrown value as data. What isn't a QKError is a defect of ours and says so. */
export function toWire(thrown: unknown): WireError {
  if (thrown instanceof QKError) {
    const { code, message, where, hint, permanent } = thrown;
    return { code, message, where, hint, permanent, cause: describeCause(thrown.cause) };
  }
  if (isAbort(thrown)) return { code: 'cancelled', message: 'Cancelled.', permanent: false };
  return {
    code: 'internal',
    message: `QKScope met an error it didn't expect: ${describeCause(thrown) ?? 'no details'}`,
    hint: 'Please report it with the model and the browser you used.',
    permanent: true,
  };
}

/** Returns the error that `toWire` made data of, for the receiving side to throw. */
export function fromWire({ code, message, ...details }: WireError): QKError {
  return new QKError(code, message, details);
}

/** Returns true for an AbortError (a DOMException in browsers and in Node) and for our own cancellation. */
export function isAbort(thrown: unknown): boolean {
  if (thrown instanceof QKError) return thrown.code === 'cancelled';
  return (
    typeof thrown === 'object' && thrown !== null && (thrown as { name?: unknown }).name === 'AbortError'
  );
}

function describeCause(cause: unknown): string | undefined {
  if (cause === undefined || cause === null) return undefined;
  return cut(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
}
