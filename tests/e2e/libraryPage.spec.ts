import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { buildForBrowsers } from '../../scripts/buildCli.js';
import type { HeadDetail } from '../../src/core/inspection/index.ts';
import type { AnalysisResult } from '../../src/core/result/index.ts';
import { fileOf } from '../support/fixtureHub/lazyFile.ts';
import { type FixtureHub, startFixtureHub } from '../support/fixtureHub/server.ts';
import { expectedOf } from '../support/oracle.ts';
import { type Host, startHost } from '../support/staticHost.ts';

// The library where no bundler has been: the browser's part of the package as it is shipped, in the page of examples/.
const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'qkscope-library-'));
const fixture = (...path: string[]) => join(ROOT, 'tests/fixtures/oracle', ...path);
// What docs/cli.md says that a policy must allow; the page's own script stands in its HTML.
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'; worker-src 'self'; connect-src http:; style-src 'unsafe-inline'";
let host: Host;
let hub: FixtureHub;

test.beforeAll(async () => {
  test.setTimeout(60_000);
  await buildForBrowsers(join(folder, 'node_modules/qkscope/dist-cli'));
  cpSync(join(ROOT, 'examples/page.html'), join(folder, 'index.html'));
  host = await startHost({ root: folder, headersFor: () => ({ 'Content-Security-Policy': POLICY }) });
  const gpt2 = ['config.json', 'model.safetensors'].map(
    (name) => [name, fileOf(readFileSync(fixture('gpt2-f32', name)))] as const,
  );
  hub = await startFixtureHub([{ id: 'oracle/gpt2', revisions: { main: Object.fromEntries(gpt2) } }]);
});
test.afterAll(() => Promise.all([host.close(), hub.close()]));

const ratios = ({ stacks }: AnalysisResult) =>
  stacks.map(({ name, layers }) => ({ name, layers: layers.map(({ heads }) => heads.map(({ r }) => r)) }));

function expectOracle(result: AnalysisResult, name: string) {
  const found = ratios(result);
  const expected = expectedOf(name).stacks;
  expect(found.map((stack) => stack.name)).toEqual(expected.map((stack) => stack.name));
  expected.forEach(({ layers }, stack) => {
    expect(found[stack]!.layers).toHaveLength(layers.length);
    layers.forEach(({ r }, layer) => {
      const scored = found[stack]!.layers[layer]!;
      expect(scored).toHaveLength(r.length);
      r.forEach((value, head) => {
        expect(Math.abs(scored[head]! - value!), `L${layer}H${head}`).toBeLessThan(1e-5);
      });
    });
  });
}

test('a bare page imports the library, and opens, scores, inspects and draws the files that are chosen in it', async ({
  page,
}) => {
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(host.url);
  const files = ['config.json', 'model.safetensors'].map((name) => fixture('llama-gqa-bf16', name));
  await page.getByLabel('config.json and the weights').setInputFiles(files);
  await expect(page.getByRole('status')).toHaveText(/^Scored by /);
  const result = (await page.evaluate('window.result')) as AnalysisResult;
  expectOracle(result, 'llama-gqa-bf16');
  await expect(page.getByRole('row')).toHaveCount(result.stacks[0]!.layers.length);
  await expect(page.locator('#head')).toHaveText(/^L0H0 has effective rank \d+\.\d\d\.$/);
  await expect(page.locator('#figure svg')).toBeVisible();

  // By a name on the hub, with events (a busy machine waits for some things long enough to say so); what the figure holds is read back, and what can't be opened is an error of the door's own.
  const more = (await page.evaluate(`(async () => {
    const { figureSvg, inspectHead, open, QKError, readResults, resultsToCsv, score } = await import('qkscope');
    const events = [];
    const hubUrl = '${hub.hubUrl}';
    const options = { hubUrl, engine: 'wasm', onEvent: ({ type }) => type !== 'waiting' && events.push(type) };
    const result = await score('oracle/gpt2', options);
    const svg = await figureSvg(result, { metric: 'r', theme: 'dark' });
    const [again] = await readResults(new Blob([svg]), 'figure.svg');
    const refusal = await open([new File(['{}'], 'notes.json')]).catch((error) => error);
    return {
      result, again, events, csv: resultsToCsv([result]),
      head: await inspectHead('oracle/gpt2', { layer: 1, head: 2 }, { hubUrl }),
      refused: refusal instanceof QKError && refusal.code,
    };
  })()`)) as {
    result: AnalysisResult;
    again: AnalysisResult;
    events: string[];
    csv: string;
    head: HeadDetail;
    refused: string;
  };
  expectOracle(more.result, 'gpt2-f32');
  expect(more.again).toEqual(more.result);
  expect(more.events[0]).toBe('plan');
  expect(more.events.at(-1)).toBe('done');
  const layers = ratios(more.result).flatMap((stack) => stack.layers);
  expect(more.events.filter((type) => type === 'layer')).toHaveLength(layers.length);
  expect(more.csv.trim().split('\n')).toHaveLength(layers.flat().length + 1);
  expect(more.refused).toBe('no-weights');
  // The head that is inspected is the one that was scored: ‖M‖² is the sum of its squared singular values.
  const { r, norm } = more.result.stacks[0]!.layers[1]!.heads[2]!;
  expect(more.head.r).toBeCloseTo(r!, 5);
  expect(Math.hypot(...more.head.singularValues) / norm!).toBeCloseTo(1, 4);
  // Workers are found beside the code that starts them.
  expect(host.requested.filter((path) => path.includes('.worker-'))).not.toEqual([]);
  expect(errors).toEqual([]);
});
