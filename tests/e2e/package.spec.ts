import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { buildCli } from '../../scripts/buildCli.js';
import { buildWidget } from '../../scripts/buildWidget.js';
import type { AnalysisResult } from '../../src/core/result/index.ts';
import { chooseEngine, expectDone, grid, openPage, pickFiles, resultOf } from './page.ts';

// The package as it is installed: packed, unpacked into an empty folder, beside the packages that it names, and run by Node.
const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'qkscope-package-'));
const installed = join(folder, 'node_modules/qkscope');
const command = join(installed, 'bin/qkscope.js');
let files: string[] = [];

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(240_000);
  await buildCli();
  await buildWidget();
  const options = { cwd: ROOT, encoding: 'utf8' as const };
  const packed = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    options,
  );
  const [{ filename, files: list }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  files = list.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components', '1']);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  // What npm would install: no network in tests.
  for (const name of [...Object.keys(dependencies), 'hyparquet'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
});

test('the package holds the command line, the library with its types, the widget and the page, and nothing else', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      'bin/qkscope.js',
      'dist-widget/widget.js',
      'dist/index.html',
      'dist/sample/causal/model.safetensors',
    ]),
  );
  const known =
    /^(bin\/|dist-cli\/|dist-widget\/|dist\/|docs\/(cli|notebooks)\.md$|package\.json$|README\.md$|LICENSE$)/;
  expect(files.filter((file) => !known.test(file))).toEqual([]);
  expect(files.filter((file) => /ort.*\.wasm$|\.map$|\.ts$/.test(file) && !file.endsWith('.d.ts'))).toEqual(
    [],
  );
  const { scripts = {}, dependencies } = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  ) as {
    scripts: Record<string, string>;
    dependencies: Record<string, string>;
  };
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(scripts).not.toHaveProperty(name);
  expect(Object.keys(dependencies).sort()).toEqual(['commander', 'hyparquet-writer', 'valibot']);
});

test('the installed command scores the sample on several threads as on one, in float32’s bounds of float64', async () => {
  const json = async (...options: string[]) => {
    const { stdout, stderr } = await run(
      process.execPath,
      [command, 'score', 'sample/causal', '--json', '--quiet', ...options],
      {
        cwd: folder,
        maxBuffer: 2 ** 26,
      },
    );
    expect(stderr).toBe('');
    return JSON.parse(stdout) as AnalysisResult;
  };
  const ratios = ({ stacks }: AnalysisResult) =>
    stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ r }) => r!)));
  const [two, one, exact] = [
    await json('--engine', 'wasm', '--threads', '2'),
    await json('--engine', 'wasm', '--threads', '1'),
    await json('--engine', 'reference'),
  ];
  expect(two.engine.device).toContain('2 threads');
  expect(two.engine.device).toContain('fused multiply-add');
  expect(ratios(two)).toEqual(ratios(one));
  expect(ratios(exact)).toHaveLength(16);
  ratios(exact).forEach((r, at) => {
    expect(Math.abs(r - ratios(two)[at]!)).toBeLessThan(1e-5);
  });
});

test('Ctrl-C ends the command while it computes', async () => {
  const shape = '1,64,4096,128';
  const child = spawn(process.execPath, [command, 'bench', '--engines', 'reference', '--shape', shape], {
    cwd: folder,
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.on('close', (_, signal) => resolve(signal)),
  );
  // By then it has begun: made-up weights of this shape take longer to make.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(child.exitCode).toBeNull();
  child.kill('SIGINT');
  expect(await ended).toBe('SIGINT');
});

test('a sweep whose worker is killed has every result once, as one process gives it', async () => {
  const cases = ['bert-f32', 'gpt2-f32', 'bart-f32', 'llama-gqa-bf16', 'vit-f32', 'opt-f16'];
  const list = join(folder, 'models.txt');
  writeFileSync(list, cases.map((name) => join(ROOT, 'tests/fixtures/oracle', name)).join('\n'));
  const sweep = (out: string, workers: string) =>
    spawn(
      process.execPath,
      [command, 'sweep', list, '--out', out, '--workers', workers, '--engine', 'wasm', '--threads', '1'],
      {
        cwd: folder,
      },
    );
  const ended = (child: ReturnType<typeof sweep>) =>
    new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const [shared, alone] = [join(folder, 'shared'), join(folder, 'alone')];
  const parent = sweep(shared, '2');
  const end = ended(parent);
  // The first worker that there is.
  let worker: string | undefined;
  while (worker === undefined && parent.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const found = await run('pgrep', ['-P', String(parent.pid)]).catch(() => ({ stdout: '' }));
    worker = found.stdout
      .trim()
      .split('\n')
      .find((line) => line !== '');
  }
  process.kill(Number(worker), 'SIGKILL');
  expect(await end).toBe(0);
  expect(await ended(sweep(alone, '1'))).toBe(0);
  const results = (out: string) =>
    readdirSync(out)
      .filter((name) => /@.*\.json$/.test(name))
      .sort()
      .map((name) => {
        const { createdAt: _, ...result } = JSON.parse(
          readFileSync(join(out, name), 'utf8'),
        ) as AnalysisResult;
        return result;
      });
  expect(results(shared)).toHaveLength(cases.length);
  expect(results(shared)).toEqual(results(alone));
});

test('the examples run against the package', async () => {
  for (const [name, ...given] of [
    ['scoreModel.js'],
    ['figureAndHead.js', 'sample/masked', join(folder, 'map.svg')],
  ] as const) {
    writeFileSync(join(folder, name), readFileSync(join(ROOT, 'examples', name)));
    const { stdout } = await run(process.execPath, [join(folder, name), ...given], { cwd: folder });
    expect(stdout.trim().split('\n').length).toBeGreaterThan(1);
  }
  expect(readFileSync(join(folder, 'map.svg'), 'utf8')).toContain('urn:qkscope:result');
});

test('the types serve a program that imports the library', async () => {
  test.setTimeout(120_000);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'program.ts'),
    `import { type AnalysisResult, figureSvg, inspectHead, open, score } from 'qkscope';
import { type AnyModel, render } from 'qkscope/widget';
const result: AnalysisResult = await score('gpt2', { heads: 12, metrics: ['score'], convention: { ropeOffset: -3 } });
const svg: string = await figureSvg(result, { metric: 'z' });
const rank: number | null = (await inspectHead('gpt2', { layer: 0, head: 1 })).effectiveRank;
const bytes: number = (await open('gpt2')).bytes.planned;
// @ts-expect-error: there is no such engine
await score('gpt2', { engine: 'cuda' });
const shown = (model: AnyModel, el: HTMLElement): (() => void) => render({ model, el });
document.querySelector('qk-scope')!.result = result;
export { bytes, rank, shown, svg };
`,
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'es2024,dom',
    '--types',
    '',
  ];
  await run(process.execPath, [tsc, ...options, 'program.ts'], { cwd: folder });
});

test('the page gives the same JSON of the same files, by the same kernels and threads', async ({ page }) => {
  const place = join(ROOT, 'tests/fixtures/oracle/llama-gqa-bf16');
  await openPage(page);
  await chooseEngine(page, 'wasm');
  await pickFiles(
    page,
    ['config.json', 'model.safetensors'].map((name) => join(place, name)),
  );
  await expectDone(page);
  const onPage = await resultOf(page);
  const { stdout } = await run(process.execPath, [
    command,
    'score',
    join(place, 'model.safetensors'),
    '--engine',
    'wasm',
    '--json',
  ]);
  const here = JSON.parse(stdout) as AnalysisResult;
  expect(here.engine.device).toBe(onPage.engine.device);
  const comparable = ({ createdAt: _, engine: __, timing: ___, bytes, ...rest }: AnalysisResult) => ({
    ...rest,
    bytes: { ...bytes, read: 0 },
  });
  expect(comparable(here)).toEqual(comparable(onPage));
});

test('qkscope open serves the page with a result in it', async ({ page }) => {
  const child = spawn(process.execPath, [command, 'open', join(folder, 'map.svg'), '--port', '4919'], {
    cwd: folder,
  });
  try {
    const address = await new Promise<string>((resolve) =>
      child.stdout.once('data', (bytes) => resolve(String(bytes).trim())),
    );
    await page.goto(address);
    await expect(grid(page, 'sample/masked')).toBeVisible();
    // The sample as the page opens it has two maps.
    await expect(page.getByRole('grid')).toHaveCount(1);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  } finally {
    child.kill();
  }
});
