/** An access token, and the hub that it was given for: it is sent to no other. Kept in memory alone. */
export interface HubToken {
  readonly value: string;
  readonly hubUrl: string;
}

/** "https://huggingface.co" of "https://HuggingFace.co/": two addresses of one hub compare equal. */
export function normaliseHubUrl(hubUrl: string): string {
  try {
    const url = new URL(hubUrl);
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  } catch {
    return hubUrl.replace(/\/+$/, '');
  }
}

/** The header for a request to the hub itself; none for another hub than the token's. */
export function authorizationFor(hubUrl: string, token: HubToken | undefined): Record<string, string> {
  if (token === undefined || normaliseHubUrl(token.hubUrl) !== normaliseHubUrl(hubUrl)) return {};
  return { Authorization: `Bearer ${token.value}` };
}
