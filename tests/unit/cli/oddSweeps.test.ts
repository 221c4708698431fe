import { mkdirSync, mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileNameOf } from '../../../src/cli/sweepOne.ts';
import { fixture } from '../../support/localFiles.ts';
import { runCli } from '../../support/runCli.ts';

const BERT = fixture('oracle', 'bert-f32');

function setUp(list: string | Uint8Array) {
  const place = mkdtempSync(join(tmpdir(), 'qkscope-odd-'));
  writeFileSync(join(place, 'models.txt'), list);
  const out = join(place, 'results');
  const sweep = (options: { out?: string; list?: string; env?: Record<string, string> } = {}) =>
    runCli(
      [
        'sweep',
        options.list ?? join(place, 'models.txt'),
        '--out',
        options.out ?? out,
        '--engine',
        'reference',
      ],
      { env: options.env ?? {} },
    );
  const results = () => readdirSync(out).filter((name) => /@.*\.json$/.test(name));
  return { place, out, sweep, results };
}

describe('an odd list', () => {
  const utf16 = Buffer.from(`\ufeff${BERT}\r\n# a comment\r\n`, 'utf16le');

  it.each([
    ['with a mark of its encoding and Windows’s line ends', `\ufeff${BERT}\r\n\r\n${BERT}  \r\n`],
    ['with the line ends of old Macs', `# a comment\r${BERT}\r`],
    ['in UTF-16, as PowerShell writes it', utf16],
    ['in UTF-16, the larger byte first', Buffer.from(utf16).swap16()],
  ])('%s is read', async (_, list) => {
    const { sweep, results } = setUp(list);
    expect((await sweep()).code).toBe(0);
    expect(results()).toHaveLength(1);
  });

  it.each([
    ['empty', '', 2, 'names no model'],
    ['of comments alone', '# one\n  # two\n', 2, 'names no model'],
    [
      'that is a file of weights',
      Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 123, 125, 10, 255),
      2,
      'isn’t a list',
    ],
  ])('%s is refused', async (_, list, code, why) => {
    const { sweep, place } = setUp(list);
    const answer = await sweep();
    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.err).toContain(why);
    expect(readdirSync(place)).toEqual(['models.txt']);
  });

  it('that is a folder is refused', async () => {
    const { sweep, place } = setUp('');
    const { code, err } = await sweep({ list: place });
    expect(code).toBe(4);
    expect(err).toContain('is a folder, not a list');
  });

  it('with a very long line fails at that line alone', async () => {
    const long = `./${'x'.repeat(5000)}`;
    const { sweep, results, out } = setUp(`${long}\n${BERT}\n`);
    const { code, err } = await sweep();
    expect(code).toBe(4);
    expect(err.length).toBeLessThan(3000);
    expect(results()).toHaveLength(1);
    const [failure] = readdirSync(join(out, 'failed'));
    expect(JSON.parse(readFileSync(join(out, 'failed', failure!), 'utf8'))).toMatchObject({ model: long });
  });
});

it('long names stay different, and every system takes them', () => {
  const names = ['x', 'y'].map((end) => fileNameOf(`${'é'.repeat(300)}${end}`));
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(Buffer.byteLength(`${name}.json.01234567.tmp`)).toBeLessThan(256);
});

describe('the folder of a sweep', () => {
  it('that can’t be made is named', async () => {
    const { sweep, place } = setUp(BERT);
    for (const out of [join(place, 'models.txt'), join(place, 'models.txt/results')]) {
      const { code, err } = await sweep({ out });
      expect(code).toBe(1);
      expect(err).toMatch(/The folder .* can't be made: a file is in its way\./);
    }
  });

  it('with a result that is cut off has it scored again', async () => {
    const { sweep, results, out } = setUp(BERT);
    await sweep();
    const file = join(out, results()[0]!);
    const whole = readFileSync(file, 'utf8');
    for (const size of [0, 1, 1000, whole.length - 2]) {
      truncateSync(file, size);
      expect((await sweep()).err).toContain('1 scored, 0 were there');
      expect(JSON.parse(readFileSync(file, 'utf8')).stacks).toEqual(JSON.parse(whole).stacks);
    }
    expect((await sweep()).err).toContain('0 scored, 1 were there');
  });

  it('where failures can’t be written down has the rest scored', async () => {
    const { sweep, results, out } = setUp(`./no-such-model\n${BERT}\n`);
    mkdirSync(out);
    writeFileSync(join(out, 'failed'), '');
    const { code, err } = await sweep();
    expect(code).toBe(4);
    expect(err).toContain('a file is in its way');
    expect(err).not.toContain("didn't expect");
    expect(results()).toHaveLength(1);
  });

  it('with a damaged result is gathered without it, and the count says so', async () => {
    const { sweep, place, out } = setUp(BERT);
    await sweep();
    writeFileSync(join(out, 'cut@1.json'), '{"schema": "qkscope/res');
    const { code, err } = await runCli(['gather', out, '-o', join(place, 'heads.csv')]);
    expect(code).toBe(4);
    expect(err).toContain('cut@1.json');
    expect(err).toMatch(/heads of 1 results\.\n$/);
  });
});

describe('what a job queue says', () => {
  it.each([
    [{ SLURM_ARRAY_TASK_ID: 'abc' }, 'SLURM_ARRAY_TASK_ID is “abc”'],
    [{ SLURM_ARRAY_TASK_ID: '-1', SLURM_ARRAY_TASK_COUNT: '2' }, 'SLURM_ARRAY_TASK_ID is “-1”'],
    [{ SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_COUNT: '8x' }, 'SLURM_ARRAY_TASK_COUNT is “8x”'],
    [
      { SLURM_ARRAY_TASK_ID: '9'.repeat(20), SLURM_ARRAY_TASK_COUNT: '9'.repeat(21) },
      'SLURM_ARRAY_TASK_ID is',
    ],
    [{ JOB_COMPLETION_INDEX: 'x', QKSCOPE_SHARDS: '4' }, 'JOB_COMPLETION_INDEX is “x”'],
    [{ JOB_COMPLETION_INDEX: '0', QKSCOPE_SHARDS: 'four' }, 'QKSCOPE_SHARDS is “four”'],
    [{ JOB_COMPLETION_INDEX: '3', QKSCOPE_SHARDS: '2' }, 'QKSCOPE_SHARDS says that there are 2 parts'],
  ])('is refused where it can’t be meant: %o', async (env, why) => {
    const { sweep } = setUp(BERT);
    const { code, err } = await sweep({ env: env as unknown as Record<string, string> });
    expect(code).toBe(2);
    expect(err).toContain(why);
  });

  it('is nothing where it is empty', async () => {
    const { sweep } = setUp(BERT);
    const env = { SLURM_ARRAY_TASK_ID: '', JOB_COMPLETION_INDEX: ' ' };
    expect((await sweep({ env })).err).toContain('1 scored, 0 were there, 0 failed (shard 0/1)');
  });
});
