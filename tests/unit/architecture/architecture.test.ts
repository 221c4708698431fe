import { describe, expect, it } from 'vitest';
import { checkLayers, fileCircles, roomCircles, roomOf } from '../../support/architecture/checkLayers.ts';
import { LAYERS } from '../../support/architecture/layers.ts';
import { PAGE, PAGE_PACKAGES } from '../../support/architecture/pageLayers.ts';
import { readImports } from '../../support/architecture/readImports.ts';
import { projectFile, sourceFiles } from '../../support/architecture/sourceFiles.ts';

const SOURCES = sourceFiles(['src'], /\.tsx?$/);
const IMPORTS = SOURCES.flatMap(({ file, text }) => readImports(file, text)).filter(
  // Styles, data and shaders are checked where they lie; the table is about code.
  ({ to, isPackage }) => isPackage || /\.tsx?$/.test(to),
);
const quantile = (values: readonly number[], p: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))]!;
const lines = (text: string) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

describe('the house', () => {
  it('imports nothing that the table of layers does not allow', () => {
    expect(IMPORTS.length).toBeGreaterThan(1000);
    expect(checkLayers(IMPORTS, LAYERS)).toEqual([]);
  });

  it('has a row of the table for every folder, and a folder for every row', () => {
    const rooms = new Set(SOURCES.map(({ file }) => roomOf(file, LAYERS)));
    expect(Object.keys(LAYERS).filter((room) => !rooms.has(room))).toEqual([]);
  });

  it('allows no room what it does not use', () => {
    const used = new Set(
      IMPORTS.map(
        ({ from, to, isPackage }) => `${roomOf(from, LAYERS)} ${isPackage ? to : roomOf(to, LAYERS)}`,
      ),
    );
    const shared = new Set([...PAGE, ...PAGE_PACKAGES]);
    const allowed = Object.entries(LAYERS).flatMap(([room, { uses, packages = [] }]) =>
      [...uses, ...packages]
        .filter((other) => !room.startsWith('ui/') || !shared.has(other))
        .map((other) => `${room} ${other}`),
    );
    expect(allowed.filter((pair) => !used.has(pair))).toEqual([]);
    expect(
      [...shared].filter(
        (other) => ![...used].some((pair) => pair.startsWith('ui') && pair.endsWith(` ${other}`)),
      ),
    ).toEqual([]);
  });

  it('has no circle between folders', () => {
    expect(roomCircles(IMPORTS, LAYERS)).toEqual([]);
  });

  it('has no circle between files, those of types included', () => {
    expect(fileCircles(IMPORTS)).toEqual([]);
  });

  it('keeps every file short', () => {
    const files = sourceFiles(['src', 'tests', 'scripts'], /\.(tsx?|m?js|css|wgsl)$/).filter(
      ({ file }) => !file.includes('/fixtures/'),
    );
    expect(
      files.filter(({ text }) => lines(text) > 300).map(({ file, text }) => `${file}: ${lines(text)}`),
    ).toEqual([]);
    const sizes = SOURCES.map(({ text }) => lines(text));
    expect(quantile(sizes, 0.5)).toBeLessThanOrEqual(70);
    expect(quantile(sizes, 0.9)).toBeLessThanOrEqual(180);
  });

  it('has every door say in its first line what its room is for, and every file in that line or before an export', () => {
    const documentedExport =
      /\*\/\nexport (?:(?:default|async|abstract) )*(?:function|class|const|interface|type|let)\b/;
    const isSaid = ({ file, text }: (typeof SOURCES)[number]) =>
      /^\/[/*]/.test(text) || (!/\/index\.ts$/.test(file) && documentedExport.test(text));
    expect(SOURCES.filter((source) => !isSaid(source)).map(({ file }) => file)).toEqual([]);
  });

  it('hands no theme down by props', () => {
    const handed = SOURCES.filter(
      ({ file, text }) =>
        file.startsWith('src/ui/') && /\btheme\??:\s*[A-Z]\w*\s*[;,}]|<\w[^>]*\stheme=\{/.test(text),
    );
    expect(handed.map(({ file }) => file)).toEqual([]);
  });

  it('imports a stylesheet only beside it', () => {
    const styles = SOURCES.flatMap(({ file, text }) => readImports(file, text)).filter(({ to }) =>
      to.endsWith('.css'),
    );
    const folder = (file: string) => file.slice(0, file.lastIndexOf('/'));
    // Whatever is built by itself begins with what all parts share.
    const entries = ['src/main.tsx', 'src/mapFile/mapFile.tsx', 'src/widget/mountWidget.tsx'];
    expect(styles.length).toBeGreaterThan(3);
    expect(
      styles
        .filter(({ from, to }) => folder(from) !== folder(to) && !entries.includes(from))
        .map(({ from, to }) => `${from}: ${to}`),
    ).toEqual([]);
  });

  it('keeps core/analysis to one subject', () => {
    expect(SOURCES.filter(({ file }) => file.startsWith('src/core/analysis/')).length).toBeLessThanOrEqual(
      15,
    );
  });

  it('keeps the linter’s settings to what a person can read', () => {
    expect(lines(projectFile('biome.json'))).toBeLessThanOrEqual(120);
  });
});
