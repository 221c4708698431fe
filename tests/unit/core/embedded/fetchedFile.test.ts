import { describe, expect, it } from 'vitest';
import { fetchResultFile } from '../../../../src/core/embedded/fetchedFile.ts';
import { EMBEDDED_LIMITS } from '../../../../src/core/embedded/limits.ts';

const URL = 'https://page.example/folder/map.json?v=2';
const { signal } = new AbortController();
const fetched = (answer: () => Response) => fetchResultFile(URL, signal, async () => answer());

describe('fetchResultFile', () => {
  it('gives the file’s bytes and its name', async () => {
    const { path, blob } = await fetched(() => new Response('{"a":1}'));
    expect([path, await blob.text()]).toEqual(['map.json', '{"a":1}']);
  });

  it('refuses a file by its announced length before any of it is read', async () => {
    const headers = { 'Content-Length': String(EMBEDDED_LIMITS.file + 1) };
    let isRead = false;
    const pull = () => {
      isRead = true;
    };
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    await expect(fetched(() => new Response(body, { headers }))).rejects.toMatchObject({ code: 'too-large' });
    expect(isRead).toBe(false);
  });

  it('stops reading a file that announces nothing, soon after it is too long', async () => {
    const part = new Uint8Array(2 ** 24);
    let parts = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          parts++;
          controller.enqueue(part);
        },
      },
      { highWaterMark: 0 },
    );
    await expect(fetched(() => new Response(body))).rejects.toMatchObject({ code: 'too-large' });
    expect(parts).toBe(EMBEDDED_LIMITS.file / part.length + 1);
  });

  it('says what to look at where nothing answers', async () => {
    const failing = fetchResultFile(URL, signal, () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(failing).rejects.toMatchObject({
      code: 'network',
      message: 'map.json couldn’t be fetched.',
      where: URL,
    });
  });

  it.each([
    [404, 'file-not-found'],
    [503, 'server-error'],
  ])('tells an answer of %i', async (status, code) => {
    await expect(fetched(() => new Response('', { status }))).rejects.toMatchObject({ code });
  });
});
