import { QKError } from '../errors.ts';

/** What was asked for, so that an error can name it and the next step. */
export interface HttpContext {
  /** "gpt2, model.safetensors" */
  readonly where: string;
  /** The model's page, where licences are accepted. */
  readonly page: string;
  /** Whether an access token is sent along. */
  readonly isSignedIn?: boolean;
}

/**
 * An HTTP refusal in the user's words. The hub answers 401, not 404, for a repository that is missing or private when
 * no one is signed in; X-Error-Code, which browsers may read, tells the rest (huggingface_hub, `hf_raise_for_status`).
 */
export function httpError(
  status: number,
  errorCode: string | null,
  { where, page, isSignedIn = false }: HttpContext,
): QKError {
  const error = (code: QKError['code'], message: string, hint: string, permanent = true) =>
    new QKError(code, message, { where, hint, permanent });
  if (errorCode === 'GatedRepo') {
    return isSignedIn
      ? error(
          'gated',
          'This model is gated, and the account of your access token isn’t on its list.',
          `Ask for access at ${page}; when it is granted, try again.`,
        )
      : error(
          'gated',
          'This model is gated: its authors give access on request.',
          `Accept its licence at ${page}, then give an access token; or download its weights and config.json, and drop them here.`,
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
      if (isSignedIn)
        return error(
          'unauthorized',
          'The hub doesn’t accept this access token.',
          'It may have been revoked, or have run out: give another one, or forget it.',
        );
      return error(
        'unauthorized',
        "The hub knows no public model by this name: it doesn't exist, or it is private.",
        'Check the spelling (owner/model). For a private model give an access token, or drop its files here.',
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
        isSignedIn
          ? 'The hub has no model by this name that your access token may see.'
          : 'The hub has no model by this name.',
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
        isSignedIn
          ? 'Wait five minutes, then try again.'
          : 'Wait five minutes, then try again; with an access token the limit is higher.',
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

export function networkError({ where, isSignedIn }: HttpContext, cause: unknown): QKError {
  // Firefox sends a preflight to the file server after the hub's redirect, which may refuse it.
  const preflight = isSignedIn
    ? ' Firefox asks the file server for permission before it reads with a token, and may be refused: use a Chromium browser, or drop the files here.'
    : '';
  return new QKError('network', "The hub couldn't be reached, or the connection broke.", {
    where,
    hint: `Check the connection and the hub's address in the settings, then try again.${preflight}`,
    permanent: false,
    cause,
  });
}
