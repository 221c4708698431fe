import { describe, expect, it } from 'vitest';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { MALFORMED } from '../../../support/malformed/cases.ts';

const blobOf = (bytes: Uint8Array) => new Blob([bytes as BlobPart]);

describe('a malformed file is refused for its own fault with what to do', () => {
  it.each(MALFORMED.map((entry) => [`${entry.file}: ${entry.what}`, entry] as const))(
    '%s',
    async (_, entry) => {
      const beside = Object.entries(entry.beside ?? {}).map(([path, bytes]) => ({
        path,
        blob: blobOf(bytes),
      }));
      const events = await analyseLocal([{ path: entry.file, blob: blobOf(entry.bytes()) }, ...beside]);
      const { message, hint, code, where } = lastOf(events, 'failed').error;
      expect({ code, sentence: `${message} ${hint}` }).toEqual({
        code: entry.code,
        sentence: entry.sentence,
      });
      expect(where).toContain(entry.file);
    },
  );
});
