// A result that is served with the page, by `qkscope open`: opened as a dropped file is.
import type { LocalFile } from '../core/repos/index.ts';

/** A file of the folder `opened/`: none of another folder or server. */
const NAME = /^[\w-][\w.-]*\.json$/;

/**
 * Reads what the address names: `?open=result.qkscope.json`; none where it names nothing, or the server has no such file.
 * @param base the page's address
 */
export async function servedResult(
  search: string,
  base: string,
  signal: AbortSignal,
  fetchFile: typeof fetch = (input, init) => fetch(input, init),
): Promise<readonly LocalFile[]> {
  const name = new URLSearchParams(search).get('open');
  if (name === null || !NAME.test(name)) return [];
  const response = await fetchFile(new URL(`opened/${name}`, base), { cache: 'no-store', signal });
  return response.ok ? [{ path: name, blob: await response.blob() }] : [];
}
