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
 * Describes an HTTP refusal in the user's words. The hub answers 401, not 404, for a repository that is missing or
 * private when no one is signed in; X-Error-Code, which browsers may read, says the rest (huggingface_hub,
 * `hf_raise_for_status`).
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
          `Request access at ${page}, and try again when it is granted.`,
        )
      : error(
          'gated',
          'This model is gated: its authors grant access on request.',
          `Accept its licence at ${page}, then enter an access token here. Or download its weights and config.json, and drop them here.`,
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
          'It may have been revoked or have expired. Enter another token, or remove this one.',
        );
      return error(
        'unauthorized',
        "The hub has no public model of this name: it doesn't exist, or it is private.",
        'Check the spelling (owner/model). For a private model enter an access token, or drop its files here.',
      );
    case 403:
      return error(
        'forbidden',
        'The hub refuses access to this model.',
        `See ${page} for the reason. If you have the model’s files, you can drop them here.`,
      );
    case 404:
      return error(
        'repo-not-found',
        isSignedIn
          ? 'The hub has no model of this name that your access token can read.'
          : 'The hub has no model of this name.',
        'Check the spelling (owner/model).',
      );
    case 416:
      return error(
        'range-outside-file',
        'The file on the hub is shorter than its header says.',
        'It may be damaged, or someone may be changing it just now. Try again later.',
      );
    case 429:
      return error(
        'rate-limited',
        'The hub limits how many requests it answers, and the limit has been reached.',
        isSignedIn
          ? 'Wait five minutes, then try again.'
          : 'Wait five minutes, then try again. The limit is higher with an access token.',
        false,
      );
    default:
      return status >= 500
        ? error(
            'server-error',
            `The hub returned a server error (HTTP ${status}).`,
            'Try again in a few minutes.',
            false,
          )
        : error(
            'server-error',
            `The hub answered with an unexpected status (HTTP ${status}).`,
            'Try again, or download the files and drop them here.',
            false,
          );
  }
}

export function networkError({ where, page, isSignedIn }: HttpContext, cause: unknown): QKError {
  if (isKeptOut(page))
    return new QKError('network', `${new URL(page).origin} couldn't be reached from this page.`, {
      where,
      hint: 'This page’s Content-Security-Policy (its connect-src) lets it reach https addresses, and plain http on this machine alone. Serve the mirror over https, lead a port of this machine to it (ssh -L) and give the hub’s address as http://localhost, or drop the files here.',
      permanent: false,
      cause,
    });
  // Firefox sends a preflight to the file server after the hub's redirect, which may refuse it.
  const preflight = isSignedIn
    ? ' With an access token, Firefox asks the file server for permission first, which may be refused. If that is the cause, use a Chromium browser, or drop the files here.'
    : '';
  return new QKError('network', "The hub couldn't be reached, or the connection broke.", {
    where,
    hint: `Check the connection and the hub's address in the settings, then try again.${preflight}`,
    permanent: false,
    cause,
  });
}

/** Plain http to another machine, asked for by a page: its policy (scripts/securityHeaders.js) refuses that. Node has none. */
function isKeptOut(address: string): boolean {
  if (!('location' in globalThis) || !URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && hostname !== 'localhost' && hostname !== '127.0.0.1';
}

/** The ETag or the size isn't what it was at first. */
export function changedError({ where }: HttpContext): QKError {
  return new QKError('file-changed', 'The file on the hub changed while it was being read.', {
    where,
    hint: 'Open the model again.',
  });
}

export function wholeFilesError({ where }: HttpContext): QKError {
  return new QKError(
    'server-error',
    'The server sends whole files instead of the ranges that were requested.',
    {
      where,
      hint: 'QKScope would have to download the whole file. Use another mirror, or download the files and drop them here.',
    },
  );
}
