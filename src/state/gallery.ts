// Models whose scores come with the page as results (docs/gallery.md): opened at once, without weights.
import * as v from 'valibot';
import { loadResultFiles } from '../core/embedded/index.ts';
import { QKError } from '../core/errors.ts';
import type { Context } from './context.ts';
import type { OpeningState } from './openings.ts';
import { openScored } from './openScored.ts';
import { waitOutside } from './waits.ts';

const Entries = v.array(
  v.object({
    /** A file beside the list: none of its own folder or of another server. */
    file: v.pipe(v.string(), v.regex(/^[\w-][\w.-]*\.json$/)),
    title: v.pipe(v.string(), v.minLength(1), v.maxLength(120)),
    /** Stands beside the title of its map: where the scores come from. */
    mark: v.pipe(v.string(), v.minLength(1), v.maxLength(120)),
  }),
);
export type GalleryEntry = v.InferOutput<typeof Entries>[number];

/**
 * Lists the gallery; empty where the page is served without one.
 * @param fetchFile reads a file of the gallery's folder
 */
export async function galleryEntries(
  { sampleUrl }: Pick<Context<unknown>, 'sampleUrl'>,
  fetchFile = fetch,
): Promise<readonly GalleryEntry[]> {
  const response = await fetchFile(galleryUrl(sampleUrl, 'index.json'));
  if (!response.ok) return [];
  const parsed = v.safeParse(Entries, await response.json());
  return parsed.success ? parsed.output : [];
}

/**
 * Opens an entry in the place of all that is on the page; it is checked as a dropped result is.
 * @throws QKError 'network' where it can't be read, and those of readResults
 */
export async function openGalleryEntry(
  ctx: Context<OpeningState>,
  { file, title, mark }: GalleryEntry,
  fetchFile = fetch,
): Promise<void> {
  const what = `this page’s server to send the scores of ${title}`;
  const results = await waitOutside(ctx, what, async (signal) => {
    const response = await fetchFile(galleryUrl(ctx.sampleUrl, file), { signal }).catch(() => null);
    if (!response?.ok)
      throw new QKError('network', `${title}: its scores couldn’t be read from the page’s server.`, {
        where: file,
        hint: 'Is the server still there? Try again.',
      });
    const [text, { readResults }] = await Promise.all([response.text(), loadResultFiles()]);
    return readResults(text, file);
  });
  openScored(ctx, results, { kind: 'gallery', mark });
}

function galleryUrl(sampleUrl: string, file: string): string {
  return new URL(`../gallery/${file}`, sampleUrl).href;
}
