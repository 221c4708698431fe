import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isolationHeaders } from '../../../scripts/isolationHeaders.js';
import { securityHeaders } from '../../../scripts/securityHeaders.js';
import { describeBuild, headersFile } from '../../../scripts/serviceWorkerPlugin.js';
import { projectFile } from '../../support/architecture/sourceFiles.ts';
import { headersOfRules, spaceHeaders } from '../../support/staticHost.ts';

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'qkscope-'));
  mkdirSync(join(folder, 'assets'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const PAGE =
  '<script type="module" crossorigin src="./assets/index-a1.js"></script><link rel="modulepreload" href="./assets/b2.js">';
const FILES = {
  'index.html': PAGE,
  'serviceWorker.js': 'the last build’s',
  _headers: '/*',
  'favicon.svg': 'abc',
  'assets/index-a1.js': '1',
  'assets/ort-wasm-c3.wasm': '2',
  'assets/ortWasmEngine-d4.js': '3',
};

describe('the list of a built page', () => {
  it('has each file that the page may ask for, with its SHA-256 and its size', () => {
    const { files, entry } = describeBuild(folderOf(FILES));
    expect(entry).toBe('assets/index-a1.js');
    expect(files.map(({ path, isSavedOnUse }) => [path, isSavedOnUse])).toEqual([
      ['assets/index-a1.js', false],
      ['assets/ort-wasm-c3.wasm', true],
      ['assets/ortWasmEngine-d4.js', false],
      ['favicon.svg', false],
    ]);
    // FIPS 180-2's example.
    expect(files[3]).toMatchObject({
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      bytes: 3,
    });
  });

  it.each(['index.html', 'favicon.svg'])('is of another version where %s differs', (name) => {
    const version = (files: Record<string, string>) => describeBuild(folderOf(files)).version;
    expect(version(FILES)).toBe(version({ ...FILES, 'serviceWorker.js': 'another' }));
    expect(version({ ...FILES, [name]: `${FILES[name as 'favicon.svg']} ` })).not.toBe(version(FILES));
  });

  it('isn’t made of a page that names no script', () => {
    expect(() => describeBuild(folderOf({ ...FILES, 'index.html': 'empty' }))).toThrow('names no script');
  });
});

const headers = { ...isolationHeaders, ...securityHeaders };

describe('the files for hosts', () => {
  it('isolate every path, and hold it to the policy, by _headers, and have changing names alone cached for long', () => {
    const headersFor = headersOfRules(headersFile());
    expect(headersFor('/sample/masked/config.json')).toEqual(headers);
    expect(headersFor('/assets/index-a1.js')).toEqual({
      ...headers,
      'Cache-Control': 'public, max-age=31536000, immutable',
    });
    expect(headersFor('/serviceWorker.js')).toMatchObject({ 'Cache-Control': 'no-cache' });
  });

  it('isolate a Space by its README', () => {
    const headers = spaceHeaders(projectFile('docs/hosting/huggingface-space/README.md'));
    const lowerCase = Object.entries(isolationHeaders).map(([name, value]) => [name.toLowerCase(), value]);
    expect(headers).toEqual(Object.fromEntries(lowerCase));
  });

  it('publish to GitHub Pages only when someone asks for it', () => {
    const [, triggers = ''] = /^on:\n((?: .*\n)+)/m.exec(projectFile('.github/workflows/pages.yml')) ?? [];
    expect(triggers.trim()).toBe('workflow_dispatch:');
  });
});

it('the manifest names icons that exist, and opens the files that the page reads', () => {
  const manifest = JSON.parse(projectFile('public/manifest.webmanifest')) as {
    icons: { src: string; sizes: string; type: string }[];
    file_handlers: { accept: Record<string, string[]> }[];
  };
  for (const { src, sizes, type } of manifest.icons.filter((icon) => icon.type === 'image/png')) {
    const bytes = readFileSync(join('public', src));
    expect([src, `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, type]).toEqual([
      src,
      sizes,
      'image/png',
    ]);
  }
  expect(manifest.file_handlers.flatMap(({ accept }) => Object.values(accept).flat())).toEqual([
    '.safetensors',
    '.gguf',
    '.qkscope.json',
  ]);
});
