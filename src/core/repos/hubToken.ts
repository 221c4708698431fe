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

/** Builds the header for a request to the hub itself; it is empty for any hub but the token's. */
export function authorizationFor(hubUrl: string, token: HubToken | undefined): Record<string, string> {
  if (token === undefined || normaliseHubUrl(token.hubUrl) !== normaliseHubUrl(hubUrl)) return {};
  return { Authorization: `Bearer ${token.value}` };
}
