import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import { HEAD_COLUMNS } from '../../../src/cli/headRows.ts';
import type { AnalysisResult } from '../../../src/core/result/index.ts';
import { delimitedRows } from '../../../src/core/userScores/delimitedRows.ts';
import { queryFile } from '../../support/duckdb.ts';
import { fixture } from '../../support/localFiles.ts';
import { runCli } from '../../support/runCli.ts';

const CASES = ['bert-f32', 'bert-degenerate-f32', 'gpt2-f32', 'bart-f32', 'llama-gqa-bf16'];

/** A list of the cases and of a folder without config.json, and an empty folder for results. */
function setUp(more: readonly string[] = []) {
  const place = mkdtempSync(join(tmpdir(), 'qkscope-sweep-'));
  const list = join(place, 'models.txt');
  const lines = CASES.map((name) => fixture('oracle', name));
  writeFileSync(list, ['# the oracles', ...lines, '', ...more, `${lines[0]}  # once more`].join('\n'));
  const out = join(place, 'results');
  const sweep = (...options: string[]) =>
    runCli(['sweep', list, '--out', out, '--engine', 'reference', ...options]);
  const results = () =>
    readdirSync(out)
      .filter((name) => /@.*\.json$/.test(name))
      .sort();
  return { place, out, sweep, results };
}

const namesOf = (files: readonly string[]) => files.map((file) => file.replace(/@.*$/, ''));

describe('qkscope sweep', () => {
  it('writes a file a model, and scores none again', async () => {
    const { sweep, results, out } = setUp();
    expect(await sweep()).toMatchObject({ code: 0, out: '' });
    expect(namesOf(results())).toEqual([...CASES].sort());
    const before = results().map((name) => readFileSync(join(out, name), 'utf8'));
    const again = await sweep();
    expect(again.err).toContain('0 scored, 5 were there, 0 failed');
    expect(results().map((name) => readFileSync(join(out, name), 'utf8'))).toEqual(before);
  });

  it('goes on after a failure, leaves its sentence, and scores the model once it can', async () => {
    const open = mkdtempSync(join(tmpdir(), 'qkscope-open-'));
    cpSync(fixture('oracle', 'bert-f32', 'model.safetensors'), join(open, 'model.safetensors'));
    const { sweep, results, out } = setUp([open]);
    const { code, err } = await sweep();
    expect(code).toBe(3);
    expect(err).toContain(open);
    expect(results()).toHaveLength(CASES.length);
    const [failure] = readdirSync(join(out, 'failed'));
    expect(JSON.parse(readFileSync(join(out, 'failed', failure!), 'utf8'))).toMatchObject({
      model: open,
      code: 'answer-needed',
      hint: expect.stringContaining('--heads N'),
    });
    cpSync(fixture('oracle', 'bert-f32', 'config.json'), join(open, 'config.json'));
    expect((await sweep()).code).toBe(0);
    expect(readdirSync(join(out, 'failed'))).toEqual([]);
  });

  it('divides the list between shards, each model in one of them', async () => {
    const { sweep, results } = setUp();
    await sweep('--shard', '0/2');
    const first = namesOf(results());
    expect(first).toHaveLength(3);
    await sweep('--shard', '1/2');
    expect(namesOf(results())).toEqual([...CASES].sort());
  });

  it('tells checkpoints of one name and the same headers apart by their places', async () => {
    const [first, second] = ['one', 'two'].map((run) => {
      const place = join(mkdtempSync(join(tmpdir(), `qkscope-${run}-`)), 'checkpoint');
      cpSync(fixture('oracle', 'bert-f32'), place, { recursive: true });
      return place;
    });
    const { sweep, results } = setUp([first!, second!]);
    await sweep();
    expect(namesOf(results()).filter((name) => name === 'checkpoint')).toHaveLength(2);
    expect((await sweep()).err).toContain(`0 scored, ${CASES.length + 2} were there`);
  });

  it('refuses a folder whose results were scored in another way', async () => {
    const { sweep } = setUp();
    await sweep('--shard', '0/5');
    const { code, err } = await sweep('--convention', 'layernorm');
    expect(code).toBe(2);
    expect(err).toContain('other options');
  });

  it('refuses a shard that can’t be', async () => {
    expect((await setUp().sweep('--shard', '2/2')).code).toBe(2);
  });
});

describe('qkscope gather', () => {
  it('says which folder is missing, or is none', async () => {
    for (const place of ['/nowhere/results', import.meta.filename]) {
      const { code, err } = await runCli(['gather', place, '-o', '/nowhere/heads.csv']);
      expect(code).toBe(4);
      expect(err).toContain(`There is no folder ${place} that can be read.`);
      expect(err).toContain('qkscope sweep');
    }
  });

  async function sweepAll() {
    const { sweep, results, out, place } = setUp();
    await sweep();
    // What a killed task leaves behind.
    writeFileSync(join(out, 'bert@0.json.0a0a.tmp'), '{');
    const heads = results().flatMap((name) => {
      const { model, stacks } = JSON.parse(readFileSync(join(out, name), 'utf8')) as AnalysisResult;
      return stacks.flatMap((stack) =>
        stack.layers.flatMap(({ layer, heads: of }) =>
          of.map(({ head, r, s }) => ({ model: model.id, stack: stack.name, layer, head, r, s })),
        ),
      );
    });
    return { out, place, heads };
  }
  let gathered: ReturnType<typeof sweepAll>;
  beforeAll(() => {
    gathered = sweepAll();
  });

  it('writes Parquet whose rows are those of the results', async () => {
    const { out, place, heads } = await gathered;
    const output = join(place, 'all.parquet');
    expect((await runCli(['gather', out, '-o', output])).code).toBe(0);
    const bytes = readFileSync(output);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    expect(rows.map(({ model, stack, layer, head, r, s }) => ({ model, stack, layer, head, r, s }))).toEqual(
      heads,
    );
    expect(Object.keys(rows[0]!)).toEqual(HEAD_COLUMNS.map(({ name }) => name));
  });

  it('writes a sheet of the same rows', async () => {
    const { out, place, heads } = await gathered;
    const output = join(place, 'all.csv');
    expect((await runCli(['gather', out, '-o', output])).code).toBe(0);
    const [header, ...lines] = delimitedRows(readFileSync(output, 'utf8'), output).rows.map(
      ({ cells }) => cells,
    );
    const at = (name: string) => header!.indexOf(name);
    expect(lines.map((line) => [line[at('model')], line[at('head')], line[at('r')]])).toEqual(
      heads.map(({ model, head, r }) => [model, String(head), r === null ? '' : String(r)]),
    );
  });

  it.each(['heads.parquet', 'heads.csv'])(
    'writes %s so that DuckDB reads the rows of the results in it',
    async (name) => {
      const { out, place, heads } = await gathered;
      const output = join(place, name);
      expect((await runCli(['gather', out, '-o', output])).code).toBe(0);
      // It keeps the file's order of rows unless told otherwise.
      const columns = 'model, stack, layer::INTEGER AS layer, head::INTEGER AS head, r, s';
      expect(await queryFile(output, `SELECT ${columns} FROM $file`)).toEqual(heads);
      const [{ median } = {}] = await queryFile(
        output,
        "SELECT median(s) AS median FROM $file WHERE model = 'gpt2-f32' AND layer = 1",
      );
      const scores = heads.flatMap(({ model, layer, s }) =>
        model === 'gpt2-f32' && layer === 1 && s !== null ? s : [],
      );
      scores.sort((a, b) => a - b);
      expect(scores).toHaveLength(4);
      expect(median).toBeCloseTo((scores[1]! + scores[2]!) / 2, 12);
    },
  );

  it('says which file holds no result, and gathers the others', async () => {
    const { out, place, heads } = await gathered;
    writeFileSync(join(out, 'broken@1.json'), '{}');
    const { code, err } = await runCli(['gather', out, '-o', join(place, 'some.parquet')]);
    rmSync(join(out, 'broken@1.json'));
    expect(code).toBe(4);
    expect(err).toContain('broken@1.json');
    expect(err).toContain(`${heads.length} heads`);
  });
});
