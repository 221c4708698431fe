import type { Theme } from '../../state/settings.ts';

/** What the address of an embedded map asks for beside its fragment. */
export interface EmbedOptions {
  readonly themeChoice: Theme;
  /** The origin that messages are meant for; null where none is known, and none is sent. */
  readonly origin: string | null;
}

/** What the browser knows of the page around a frame: WebKit and Chromium its origin, others the address that it came from. */
export interface FrameFacts {
  readonly ancestorOrigins?: ArrayLike<string> | undefined;
  readonly referrer: string;
}

/**
 * Reads `?embed=1&theme=dark&origin=https://example.org`. Without `origin` the messages go to the page around the frame, where the
 * browser names it.
 */
export function embedOptions(search: string, { ancestorOrigins, referrer }: FrameFacts): EmbedOptions {
  const params = new URLSearchParams(search);
  const [theme, origin] = [params.get('theme'), params.get('origin')];
  return {
    themeChoice: theme === 'light' || theme === 'dark' ? theme : 'system',
    origin: originOf(origin ?? ancestorOrigins?.[0] ?? referrer),
  };
}

/** The origin of a page on the web; null for any other text, and for the pages that have none ("null"). */
function originOf(address: string): string | null {
  return /^https?:/i.test(address) && URL.canParse(address) ? new URL(address).origin : null;
}
