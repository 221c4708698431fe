// Tells a sweep's results among dropped files.
import type { LocalFile } from '../core/repos/index.ts';
import { RESULT_SCHEMA } from '../core/result/index.ts';

/** The beginning of a result's JSON names its schema. */
const PEEKED_BYTES = 4096;
/** Of a folder of thousands so many are looked into. */
const PEEKED_FILES = 16;

/** Whether files are a Parquet file, or the folder that a sweep wrote: more results than stand side by side. */
export async function isCollection(files: readonly LocalFile[]): Promise<boolean> {
  if (files.some(({ path }) => /\.parquet$/i.test(path))) return true;
  const json = files.filter(({ path }) => /\.json$/i.test(path));
  if (json.length < files.length) return false;
  if (json.some(({ path }) => /(?:^|\/)sweep\.settings\.json$/.test(path))) return true;
  if (json.length < 3) return false;
  const peeked = await Promise.all(
    json.slice(0, PEEKED_FILES).map(({ blob }) => blob.slice(0, PEEKED_BYTES).text()),
  );
  return peeked.some((text) => text.includes(`"${RESULT_SCHEMA}"`));
}
