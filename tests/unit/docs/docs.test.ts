import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bibtex } from '../../../src/figures/projectCitation.ts';
import { LAYERS } from '../../support/architecture/layers.ts';
import { PAGE } from '../../support/architecture/pageLayers.ts';
import { renderMap } from '../../support/architecture/renderMap.ts';
import { projectFile, sourceFiles } from '../../support/architecture/sourceFiles.ts';

const PACKAGE = JSON.parse(projectFile('package.json')) as Record<
  'version' | 'homepage' | 'repository',
  string
>;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DOCS = ['README.md', ...sourceFiles(['docs'], /\.md$/).map(({ file }) => file)];

describe('the documents', () => {
  it('hold the map that the table of layers gives', () => {
    const text = projectFile('docs/architecture.md');
    const [, map] = /<!-- map: [^>]*-->\n([\s\S]*?)\n<!-- end of the map -->/.exec(text) ?? [];
    expect(map).toBe(renderMap(LAYERS, PAGE));
  });

  it.each(DOCS)('%s names only files that exist', (name) => {
    const named = [...projectFile(name).matchAll(/`((?:src|tests|scripts|docs)\/[\w./-]+)`/g)].map(
      ([, path]) => path!,
    );
    const linked = [...projectFile(name).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path]) =>
      `${name.includes('/') ? 'docs/' : ''}${path!}`.replace(/^docs\/\.\.\//, ''),
    );
    expect([...named, ...linked].filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });

  it('name only tests that exist in docs/what-opens.md', () => {
    const tests = [
      ...projectFile('docs/what-opens.md').matchAll(/`?((?:tests\/)?[\w/.-]+\.(?:test|spec)\.ts)`?/g),
    ].map(([, path]) => path!);
    const files = sourceFiles(['tests'], /\.(test|spec)\.ts$/).map(({ file }) => `/${file}`);
    expect(tests.length).toBeGreaterThan(50);
    expect([...new Set(tests)].filter((path) => !files.some((file) => file.endsWith(`/${path}`)))).toEqual(
      [],
    );
  });

  it('keep the README to what a front page holds', () => {
    expect(projectFile('README.md').split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(900);
  });

  it('cite the version and the authors that the package has', () => {
    const { version } = JSON.parse(projectFile('package.json')) as { version: string };
    const citation = projectFile('CITATION.cff');
    expect(citation).toContain(`version: ${version}\n`);
    expect(citation).toContain('name: The QKScope developers');
    expect(projectFile('README.md')).toContain(`version = {${version}}`);
    expect(projectFile('README.md')).toContain('author = {{The QKScope developers}}');
  });

  // package.json is the one place of both; they are empty until the project has a public address.
  it.each([
    ['homepage', 'url', 'url'],
    ['repository', 'repository-code', 'howpublished'],
  ])('cite the %s that package.json names, and none while it is empty', (field, cff, bibtex) => {
    const address = (JSON.parse(projectFile('package.json')) as Record<string, string>)[field];
    expect(address).toBeDefined();
    const cited = new RegExp(`^${cff}: "?(.*?)"?$`, 'm').exec(projectFile('CITATION.cff'))?.[1] ?? '';
    const software = /@software\{[\s\S]*?\n\}/.exec(projectFile('README.md'))?.[0] ?? '';
    const inReadme =
      new RegExp(`^ {2}${bibtex} = \\{(?:\\\\url\\{)?(.*?)\\}+,?$`, 'm').exec(software)?.[1] ?? '';
    expect([cited, inReadme]).toEqual([address, address]);
  });

  it('show the BibTeX that the page gives', () => {
    const { version, homepage: address, repository: source } = PACKAGE;
    expect(projectFile('README.md')).toContain(bibtex({ version, address, source }));
  });
});
