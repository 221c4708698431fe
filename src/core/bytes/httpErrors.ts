import { QKError } from '../errors.ts';

/** What was asked for, so that an error can name it and the next step. */
export interface HttpContext {
  /** "gpt2, model.safetensors" */
  readonly where: string;
  /** The model's page, where licences are accepted. */
  readonly page: string;
}

/**
 * An HTTP refusal in the user's words. The hub answers 401, not 404, for a repository that is missing or private when
 * no one is signed in; X-Error-Code, which browsers may read, tells the rest (huggingface_hub, `hf_raise_for_status`).
 */
export function httpError(status: number, errorCode: string | null, { where, page }: HttpContext): QKError {
  const error = (code: QKError['code'], message: string, hint: string, permanent = true) =>
    new QKError(code, message, { where, hint, permanent });
  if (errorCode === 'GatedRepo') {
    return error(
      'gated',
      'This model is gated: its authors give access on request.',
      `Accept its licence at ${page}, download its safetensors files and config.json, and drop them here.`,
    );
  }
  if (errorCode === 'RevisionNotFound')
    return error(
      'revision-not-found',
      'The model exists, but this revision of it does not.',
      `Look at its branches and tags at ${page}.`,
    );
  if (errorCode === 'EntryNotFound')
    return error('file-not-found', 'The model has no such file.', `Look at its files at ${page}.`);
  switch (status) {
    case 401:
      return error(
        'unauthorized',
        "The hub knows no public model by this name: it doesn't exist, or it is private.",
        'Check the spelling (owner/model). Files of a private model can be dropped here.',
      );
    case 403:
      return error(
        'forbidden',
        'The hub refuses access to this model.',
        `See ${page}; files that you have can be dropped here.`,
      );
    case 404:
      return error(
        'repo-not-found',
        'The hub has no model by this name.',
        'Check the spelling (owner/model).',
      );
    case 416:
      return error(
        'range-outside-file',
        'The file on the hub is shorter than its header says.',
        'It may be damaged, or changing just now: try again later.',
      );
    case 429:
      return error(
        'rate-limited',
        'The hub limits how often it may be asked, and the limit is reached.',
        'Wait five minutes, then try again.',
        false,
      );
    default:
      return status >= 500
        ? error(
            'server-error',
            `The hub has a fault of its own (HTTP ${status}).`,
            'Try again in a while.',
            false,
          )
        : error('server-error', `The hub answered HTTP ${status}.`, 'Try again, or drop the files.', false);
  }
}

export function networkError(where: string, cause: unknown): QKError {
  return new QKError('network', "The hub couldn't be reached, or the connection broke.", {
    where,
    hint: "Check the connection and the hub's address in the settings, then try again.",
    permanent: false,
    cause,
  });
}
