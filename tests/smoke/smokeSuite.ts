import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SmokeDriver } from './driver.ts';
import { expectRatios, filesOf, ratiosOf, sampleRatios } from './expected.ts';
import { clickOnlyPoint, markNamed } from './inPage.ts';
import { SmokePage } from './page.ts';
import type { Report } from './reports.ts';
import { HUB_CASE, HUB_MODEL } from './setup.ts';
import { writeSweep } from './sweepFiles.ts';

/** The exports, and how each file begins. */
const FILES = {
  PNG: ['image/png', '\u0089PNG\r\n'],
  SVG: ['image/svg+xml', '<svg '],
  JSON: ['application/json', '{'],
  CSV: ['text/csv', 'model,'],
} as const;

/** What the page's listener heard since it was opened last, and what its browser reported of all its pages and workers. */
async function reported(page: SmokePage): Promise<string[]> {
  const [userAgent, heard] = await page.run(
    () =>
      [
        navigator.userAgent,
        (globalThis as unknown as { smoke: { violations: string[] } }).smoke.violations,
      ] as const,
  );
  const reports = (await (await fetch(inject('reportsUrl'))).json()) as Report[];
  return [...heard, ...reports.flatMap((report) => (report.userAgent === userAgent ? report.body : []))];
}

/**
 * The same steps for every browser, each in a fresh profile; each goes on where the one before left the page. No step is left out in
 * any of them.
 */
export function smokeSuite(name: string, launch: (() => Promise<SmokeDriver>) | null): void {
  if (launch === null && !process.env.CI) {
    describe.skip(`${name}, which was not found on this machine`, () => it('runs the steps', () => {}));
    return;
  }
  describe(name, () => {
    let driver: SmokeDriver;
    let page: SmokePage;
    beforeAll(async () => {
      if (launch === null) throw new Error(`${name} is missing (scripts/otherBrowsers.js installs it).`);
      driver = await launch();
      page = new SmokePage(driver);
      await page.open(inject('pageUrl'));
    });
    afterAll(() => driver?.close());

    it('scores the sample on an isolated page', async () => {
      await page.untilScored('4 × 4', 2);
      expect(await page.run(() => globalThis.crossOriginIsolated)).toBe(true);
      const results = await page.results();
      expectRatios(results[0], sampleRatios('masked'));
      expectRatios(results[1], sampleRatios('causal'));
    });

    it('moves between tabs and closes a dialog by keyboard', async () => {
      await page.focus('tab', '^Training$');
      await page.press('ArrowRight', 'ArrowRight');
      const selected = () => page.words('[role=tab][aria-selected=true]');
      await page.until('other tab', async () => (await selected()) === 'Distribution');
      await page.untilWords('[role=tabpanel]', /published models/);
      await page.focus('button', '^Export$');
      await page.press('Enter');
      await page.untilWords('dialog[open]', /Download PNG/);
      await page.closeDialog();
      expect(await page.run(() => document.activeElement?.textContent)).toBe('Export');
    });

    it('says by name what the browser lacks', async () => {
      const has = await page.run(() => ({
        gpu: 'gpu' in navigator,
        launched: 'launchQueue' in globalThis,
        files: navigator.storage?.getDirectory !== undefined,
      }));
      expect(await page.words('footer')).toMatch(has.gpu ? /WebGPU has/ : /this browser has no WebGPU/);
      await page.click('button', '^Settings$');
      const words = await page.untilWords('body', /Also save the weights/);
      // The engines' reasons stand in a list that not every browser keeps as narrow as its menu.
      const beyond = await page.run(() => {
        const box = document.querySelector('.settings');
        return box === null ? null : box.scrollWidth - box.clientWidth;
      });
      expect(beyond).toBe(0);
      expect(words.includes('system can’t open files with it here')).toBe(!has.launched);
      expect(words.includes('this browser gives pages no files of their own')).toBe(!has.files);
      await page.press('Escape');
    });

    it('scores a safetensors file with its config.json', async () => {
      await page.chooseFiles(filesOf('bert-f32'));
      await page.untilScored('3 × 4');
      expectRatios((await page.results())[0], ratiosOf('bert-f32'));
    });

    it('walks over the map and pins a head by keyboard', async () => {
      await page.focus('grid', 'model.safetensors');
      await page.press('Home', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'Enter');
      const words = await page.untilWords('#head-panel', /^L1H2 .*r 0\.\d+/);
      const r = ratiosOf('bert-f32')[1]![2]!;
      expect(Number(/ r (0\.\d+)/.exec(words)![1])).toBeCloseTo(r, 3);
    });

    it('saves every export', async () => {
      for (const [kind, [type, beginning]] of Object.entries(FILES)) {
        const file = await page.save(`Download ${kind}`);
        expect(file.name).toMatch(new RegExp(`^qkscope-model\\.(?:qkscope\\.)?${kind.toLowerCase()}$`));
        expect(file.type).toBe(type);
        expect(file.bytes.toString('latin1').slice(0, beginning.length)).toBe(beginning);
        expect(await page.untilWords('dialog[open]', / is saved\./)).toContain(file.name);
      }
      await page.closeDialog();
    });

    it('copies a head’s values and the picture, or says that it may not', async () => {
      await page.focus('grid', 'model.safetensors');
      await page.press('c');
      const { text, isAllowed } = await page.copied();
      const [names, values] = text.split('\n').map((line) => line.split('\t'));
      const r = Number(values![names!.indexOf('r')]);
      expect(Math.abs(r - ratiosOf('bert-f32')[1]![2]!)).toBeLessThanOrEqual(2e-6);
      await page.untilWords('body', isAllowed ? /L1H2 copied/ : /The browser didn’t allow copying\. Allow/);
      await page.click('button', '^Export$', 'header');
      await page.untilPreview();
      await page.click('button', '^Copy picture$', 'dialog[open]');
      const picture = await page.copied();
      expect(picture.type).toBe('image/png');
      await page.untilWords('dialog[open]', picture.isAllowed ? /picture is copied/ : /didn’t allow copying/);
      await page.closeDialog();
    });

    it('times one head', async () => {
      await page.click('tab', '^Timing$');
      await page.click('button', '', '.timing-details');
      for (const scope of ['one layer', 'all layers']) await page.check('checkbox', `^${scope}$`, false);
      await page.check('checkbox', '^ort-wasm$', false);
      await page.click('button', '^Time the methods$');
      await page.untilWords('[role=tabpanel]', /Made: /);
      const { timing } = (await page.results())[0]!;
      expect(timing!.rows.map(({ method, scope }) => `${method} ${scope}`)).toEqual(
        expect.arrayContaining(['norm head', 'trace head']),
      );
      for (const { runsMs, maxAbsDeltaR } of timing!.rows) {
        expect(runsMs.length).toBeGreaterThan(0);
        expect(maxAbsDeltaR).toBeLessThanOrEqual(2e-6);
      }
    });

    it('scores the files of a folder of shards', async () => {
      await page.chooseFiles(filesOf('llama-gqa-sharded-f16'));
      await page.untilScored('3 × 8 \\(4 kv\\)');
      expectRatios((await page.results())[0], ratiosOf('llama-gqa-sharded-f16'));
    });

    it('scores dropped files', async () => {
      await page.drop(filesOf('opt-f16'));
      await page.untilScored('2 × 4');
      expectRatios((await page.results())[0], ratiosOf('opt-f16'));
    });

    it('scores a model of the hub', async () => {
      const setHub = (hubUrl: string) => localStorage.setItem('qkscope:settings', JSON.stringify({ hubUrl }));
      await page.run(setHub, inject('hubUrl'));
      await page.open(inject('pageUrl'));
      await page.focus('combobox', '^Model$');
      await driver.type(HUB_MODEL);
      await page.click('button', '^Open$', 'header');
      await page.untilScored('3 × 4');
      expectRatios((await page.results())[0], ratiosOf(HUB_CASE));
    });

    it('opens a link', async () => {
      await page.open(`${inject('pageUrl')}#m=${HUB_MODEL}@other&metric=r&sel=L1H1`);
      await page.click('button', '^Read \\d.* and score$');
      await page.untilScored('3 × 4');
      await page.untilWords('#head-panel', /^L1H1 .*r 0\.\d+/);
      expectRatios((await page.results())[0], ratiosOf(HUB_CASE));
    });

    it('opens a sweep as a gallery, from its Parquet file and from its results', async () => {
      const { parquet, files, names } = writeSweep();
      const shown = () => page.words('.collection .map-tile-name');
      const short = (id: string) => id.split('/')[1]!;
      await page.chooseFiles([parquet]);
      await page.untilWords('.collection-head', new RegExp(`heads.parquet ${names.length} models`));
      const first = (await shown()).split('\n')[0];
      await page.click('button', '^Sorted upwards$');
      await page.until('other order', async () => (await shown()).split('\n')[0] !== first);
      await page.chooseFiles(files);
      await page.untilWords('.collection-head', new RegExp(`${names.length} models, .* heads`));

      await page.focus('searchbox', '^Search models$');
      await driver.type(names[7]!);
      await page.until('one model', async () => (await shown()) === short(names[7]!));
      await page.focus('radio', '^Maps$');
      await page.press('ArrowRight');
      await page.find('figure', '^Median .* of 1 models');
      await page.until('map by its point', async () => {
        await page.run(clickOnlyPoint);
        return page.run(markNamed, { role: 'grid', name: names[7]!, within: 'body' });
      });
      await page.run(() => history.back());
      await page.find('listbox', '^Models');
      expect(await page.words('.collection .model-line-name')).toContain(short(names[7]!));
      await page.click('button', '^Close the collection$');
    });

    it('had no error of its own', () => {
      expect(driver.errors ?? []).toEqual([]);
    });

    it('did nothing that its policy refuses, of which a refusal that is provoked is reported', async () => {
      expect(await reported(page)).toEqual([]);
      await page.run(() => fetch('http://other.invalid/').catch(() => null));
      await page.until('report', async () => (await reported(page)).join().includes('connect-src'));
    });
  });
}
