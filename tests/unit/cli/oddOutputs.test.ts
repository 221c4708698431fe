import { EventEmitter } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { watchOutput } from '../../../src/cli/terminal.ts';
import { openFile, readResults } from '../../../src/node/library.ts';
import { fixture } from '../../support/localFiles.ts';
import { runCli } from '../../support/runCli.ts';

const BERT = fixture('oracle', 'bert-f32');
const score = (...options: string[]) => runCli(['score', BERT, '--engine', 'reference', ...options]);
const newFolder = () => mkdtempSync(join(tmpdir(), 'qkscope-odd-'));

describe('a file that can’t be written', () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'folder.json'));
  writeFileSync(join(folder, 'file'), '');

  it.each([
    ['no/x.json', 'there is no folder'],
    ['folder.json', 'it is a folder'],
    ['x.json/', 'its name is that of a folder'],
    ['file/x.json', 'there is no folder'],
    [`${'x'.repeat(300)}.json`, 'its name is too long'],
  ])('%s is named, with the reason', async (name, why) => {
    const { code, out, err } = await score('-o', join(folder, name));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`can't be written: ${why}`);
    expect(err).not.toMatch(/didn't expect|\.tmp|ENO|EISDIR/);
    expect(readdirSync(folder).sort()).toEqual(['file', 'folder.json']);
  });

  it('is found before the model is scored', async () => {
    // The model is missing: the command line comes first.
    const { code, err } = await runCli(['score', './no-such-model', '-o', join(folder, 'no/x.json')]);
    expect(code).toBe(1);
    expect(err).not.toContain('no-such-model');
    const models = [BERT, BERT, BERT];
    const figure = await runCli(['score', ...models, '--engine', 'reference', '-o', join(folder, 'x.svg')]);
    expect(figure).toMatchObject({ code: 4, out: '' });
    expect(figure.err).toBe(
      'qkscope: A figure shows one model or two, and there are 3.\n  Write a .json, .csv or .parquet file, or score one model at a time.\n',
    );
  });

  it('keeps no other from being written', async () => {
    const place = newFolder();
    const long = join(place, `${'x'.repeat(300)}.csv`);
    const { code } = await score('-o', long, '-o', join(place, 'scores.json'));
    expect(code).toBe(1);
    expect(readdirSync(place)).toEqual(['scores.json']);
  });

  it.each(['csv', 'parquet'])('is said of a gathered .%s as well', async (ending) => {
    const place = newFolder();
    mkdirSync(join(place, `heads.${ending}`));
    for (const [name, why] of [
      [`no/heads.${ending}`, 'there is no folder'],
      [`heads.${ending}`, 'it is a folder'],
    ]) {
      const { code, err } = await runCli(['gather', place, '-o', join(place, name!)]);
      expect(code).toBe(1);
      expect(err).toContain(`can't be written: ${why}`);
    }
    expect(readdirSync(place)).toEqual([`heads.${ending}`]);
  });
});

it('a link stays, and what it leads to is renewed', async () => {
  const folder = newFolder();
  const [file, link] = [join(folder, 'scores.json'), join(folder, 'link.json')];
  writeFileSync(file, 'before');
  symlinkSync(file, link);
  expect((await score('-o', link)).code).toBe(0);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schema: 'qkscope/result' });
  expect(readdirSync(folder).sort()).toEqual(['link.json', 'scores.json']);
});

describe('output that nobody takes', () => {
  function watched() {
    const exits: number[] = [];
    let said = '';
    const stdout = Object.assign(new EventEmitter(), { write: () => true });
    const stderr = Object.assign(new EventEmitter(), {
      write: (text: string) => {
        said += text;
        return true;
      },
    });
    watchOutput(stdout as never, stderr as never, (code) => exits.push(code));
    const fail = (stream: EventEmitter, code: string) =>
      stream.emit('error', Object.assign(new Error(`${code}: write`), { code }));
    return { stdout, stderr, fail, exits, said: () => said };
  }

  it('ends the command where its reader is gone', () => {
    const { stdout, fail, exits, said } = watched();
    fail(stdout, 'EPIPE');
    expect({ exits, said: said() }).toEqual({ exits: [0], said: '' });
  });

  it('is a failure where the disk is full', () => {
    const { stdout, fail, exits, said } = watched();
    fail(stdout, 'ENOSPC');
    expect(exits).toEqual([1]);
    expect(said()).toBe("qkscope: The output can't be written: the disk is full.\n");
  });

  it('doesn’t end the work where it is progress alone', () => {
    const { stderr, fail, exits } = watched();
    fail(stderr, 'EPIPE');
    fail(stderr, 'ENOSPC');
    expect(exits).toEqual([]);
  });
});

describe('files that are shown and extracted', () => {
  it('may hold any number of results, as `score` writes them', async () => {
    const file = join(newFolder(), 'three.json');
    await runCli(['score', BERT, BERT, BERT, '--engine', 'reference', '-o', file]);
    const shown = await runCli(['show', file]);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out.match(/bert-f32/g)?.length).toBeGreaterThanOrEqual(3);
    expect((await runCli(['extract', file])).out).toBe(readFileSync(file, 'utf8'));
    const sheet = file.replace('.json', '.csv');
    expect((await runCli(['extract', file, '-o', sheet])).code).toBe(0);
    expect(await readResults(await openFile(file))).toHaveLength(3);
  });

  it.each(['show', 'extract'])('%s says what is no file', async (command) => {
    const folder = newFolder();
    expect((await runCli([command, folder])).err).toContain(`${folder} is a folder.`);
    expect((await runCli([command, '/dev/null'])).err).toContain('/dev/null isn’t a plain file');
    expect((await runCli([command, join(folder, 'no.json')])).err).toContain('There is no file');
  });

  it('extract says that a model’s own file is none of its results', async () => {
    const { code, err } = await runCli(['extract', join(BERT, 'config.json')]);
    expect(code).toBe(4);
    expect(err).toContain('isn’t one that QKScope exported');
    expect(err).not.toContain('changed');
  });
});

it('numbers that can’t be meant are refused', async () => {
  for (const argv of [
    ['score', BERT, '--threads', '257'],
    ['open', '--port', '65536'],
    ['open', '--port', '0'],
    ['help', 'nothing'],
  ])
    expect(await runCli(argv)).toMatchObject({ code: 2, out: '' });
});
