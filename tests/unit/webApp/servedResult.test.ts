import { describe, expect, it } from 'vitest';
import type { LocalFile } from '../../../src/core/repos/index.ts';
import { servedResult } from '../../../src/webApp/servedResult.ts';

const BASE = 'http://127.0.0.1:4173/page/';

async function opened(search: string, answer: () => Promise<Response> = async () => new Response('{}')) {
  const [asked, errors]: [string[], unknown[]] = [[], []];
  const fetchFile = async (address: URL | RequestInfo) => {
    asked.push(String(address));
    return answer();
  };
  const files: readonly LocalFile[] = await servedResult(
    search,
    BASE,
    new AbortController().signal,
    fetchFile,
  ).catch((error: unknown) => {
    errors.push(error);
    return [];
  });
  return { asked, paths: files.map(({ path }) => path), errors };
}

describe('a result that is served with the page', () => {
  it('is opened where the address names it', async () => {
    expect(await opened('?open=result.qkscope.json')).toEqual({
      asked: [`${BASE}opened/result.qkscope.json`],
      paths: ['result.qkscope.json'],
      errors: [],
    });
  });

  it.each([
    '',
    '?open=',
    '?open=../sample/training.json',
    '?open=//example.org/x.json',
    '?open=x.html',
    '?open=.json',
  ])('is nothing else: %j', async (search) => {
    expect(await opened(search)).toEqual({ asked: [], paths: [], errors: [] });
  });

  it('that isn’t there leaves the page as it is', async () => {
    const gone = async () => new Response(null, { status: 404 });
    expect(await opened('?open=x.json', gone)).toMatchObject({ paths: [], errors: [] });
  });

  it('that can’t be read is said', async () => {
    const broken = () => Promise.reject(new TypeError('gone'));
    expect(await opened('?open=x.json', broken)).toMatchObject({
      paths: [],
      errors: [new TypeError('gone')],
    });
  });
});
