import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../../src/core/result/index.ts';
import { resultsToCsv } from '../../../src/figures/resultsToCsv.ts';
import { fixture } from '../../support/localFiles.ts';
import { expectedOf } from '../../support/oracle.ts';
import { runCli } from '../../support/runCli.ts';

const BERT = fixture('oracle', 'bert-degenerate-f32');
const folder = mkdtempSync(join(tmpdir(), 'qkscope-'));
const place = (name: string) => join(folder, name);
const NAMES = ['scores.json', 'scores.csv', 'scores.parquet', 'map.svg', 'map.png'];

const written = runCli([
  ...['score', BERT, '--engine', 'reference', '--metrics', 'all'],
  ...NAMES.flatMap((name) => ['-o', place(name)]),
]);
const result = async () => {
  await written;
  return JSON.parse(readFileSync(place('scores.json'), 'utf8')) as AnalysisResult;
};

describe('the files of qkscope score', () => {
  it('are those that were named, and nothing is on stdout', async () => {
    expect(await written).toMatchObject({ code: 0, out: '' });
    expect(readdirSync(folder).sort()).toEqual([...NAMES].sort());
  });

  it('hold layer scores and directionality where they were asked for', async () => {
    const { stacks } = await result();
    const wanted = expectedOf('bert-degenerate-f32').stacks[0]!.layers;
    stacks[0]!.layers.forEach(({ score, directionality }, at) => {
      const { r_layer, directionality_raw_layer } = wanted[at]!;
      if (r_layer === null) expect(score?.r).toBeNull();
      else expect(score!.r).toBeCloseTo(r_layer, 9);
      if (directionality_raw_layer === null) expect(directionality).toBeNull();
      else expect(directionality!).toBeCloseTo(directionality_raw_layer, 9);
    });
  });

  it('as CSV is the page’s sheet', async () => {
    expect(readFileSync(place('scores.csv'), 'utf8')).toBe(resultsToCsv([await result()]));
  });

  it('as Parquet has a row a head with the JSON’s own doubles', async () => {
    const heads = (await result()).stacks.flatMap(({ layers }) =>
      layers.flatMap(({ layer, heads: of }) =>
        of.map(({ head, r, s, norm }) => ({ layer, head, r, s, norm: norm ?? null })),
      ),
    );
    const bytes = readFileSync(place('scores.parquet'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const rows = await parquetReadObjects({ file: file as ArrayBuffer });
    expect(rows.map(({ layer, head, r, s, norm }) => ({ layer, head, r, s, norm }))).toEqual(heads);
    expect(rows[0]).toMatchObject({
      model: 'bert-degenerate-f32',
      stack: 'self',
      source: 'local',
      engine: 'reference',
    });
    expect(heads.some(({ r }) => r === null)).toBe(true);
  });

  it.each(['map.svg', 'map.png'])(
    'as %s holds the result itself, which extract prints byte for byte',
    async (name) => {
      await written;
      const { code, out } = await runCli(['extract', place(name)]);
      expect(code).toBe(0);
      expect(out).toBe(readFileSync(place('scores.json'), 'utf8'));
    },
  );

  it('as PNG has the figure’s size, twice as fine', async () => {
    await written;
    const view = new DataView(new Uint8Array(readFileSync(place('map.png'))).buffer);
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(readFileSync(place('map.svg'), 'utf8'))!;
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
  });

  it('are shown as a table, and as a map in colours where there are some', async () => {
    await written;
    const plain = await runCli(['show', place('map.svg')]);
    expect(plain.code).toBe(0);
    expect(plain.out).toMatch(/^bert-degenerate-f32 {3}\d+ × \d+ heads/);
    expect(plain.out).not.toContain('\u001b[');
    const coloured = await runCli(['show', place('scores.json')], { colourDepth: 24 });
    expect(coloured.out).toContain('\u001b[48;2;');
  });

  it('that hold no result are refused', async () => {
    const { code, err } = await runCli(['show', join(BERT, 'config.json')]);
    expect(code).toBe(4);
    expect(err).toContain('config.json');
  });
});
