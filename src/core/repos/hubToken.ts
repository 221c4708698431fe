import { QKError } from '../errors.ts';

/** An access token with the hub that it was given for: it is sent to no other. It is stored in memory alone. */
export interface HubToken {
  readonly value: string;
  readonly hubUrl: string;
}

/** Returns "https://huggingface.co" for "https://HuggingFace.co/", so that two addresses of one hub compare equal. */
export function normaliseHubUrl(hubUrl: string): string {
  try {
    const url = new URL(hubUrl);
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  } catch {
    return hubUrl.replace(/\/+$/, '');
  }
}

/**
 * Builds the header for a request to the hub itself; it is empty for any hub but the token's.
 * @throws QKError 'unauthorized' for a text that can't stand in a header: the request would fail as if the network did
 */
export function authorizationFor(hubUrl: string, token: HubToken | undefined): Record<string, string> {
  if (token === undefined || normaliseHubUrl(token.hubUrl) !== normaliseHubUrl(hubUrl)) return {};
  if (!/^[\x21-\x7e]+$/.test(token.value))
    throw new QKError('unauthorized', 'The access token holds characters that no token has.', {
      hint: 'It may have been copied with something else. Enter another token, or remove this one.',
    });
  return { Authorization: `Bearer ${token.value}` };
}
