import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'vitest';
import type { AnalysisResult } from '../../src/core/result/result.ts';
import type { SmokeDriver } from './driver.ts';
import {
  type Copied,
  dropFiles,
  markNamed,
  type SavedFile,
  takeCopied,
  takeSaved,
  watchFiles,
} from './inPage.ts';

/** How long a step may wait for what it expects, in ms; browsers start side by side on few cores. */
const PATIENCE = 90_000;

/** The page as the steps see it: by roles, names and words, through any driver. */
export class SmokePage {
  constructor(readonly driver: SmokeDriver) {}

  /** Runs a function of `inPage.ts`, or one that is as self-contained. */
  run<Argument, Result>(act: (argument: Argument) => Result, argument?: Argument): Promise<Awaited<Result>> {
    const text = JSON.stringify(argument) ?? '';
    return this.driver.evaluate(`(${act})(${text})`) as Promise<Awaited<Result>>;
  }

  /** Waits until a question is answered with something else than null or false. */
  async until<Result>(what: string, ask: () => Promise<Result | null | false>): Promise<Result> {
    for (const deadline = Date.now() + PATIENCE; ; ) {
      const answer = await ask();
      if (answer !== null && answer !== false) return answer;
      if (Date.now() > deadline)
        throw new Error(`No ${what} in ${PATIENCE / 1000} s. The page says:\n${await this.words('body')}`);
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  async open(url: string): Promise<void> {
    // Away first: a new fragment alone would not load the page again.
    await this.driver.open('about:blank');
    await this.driver.open(url);
    await this.run(watchFiles);
  }

  words(selector: string): Promise<string> {
    return this.run(
      (at) => [...document.querySelectorAll<HTMLElement>(at)].map(({ innerText }) => innerText).join('\n'),
      selector,
    );
  }

  async untilWords(selector: string, wanted: RegExp): Promise<string> {
    return this.until(`${wanted} in ${selector}`, async () => {
      const words = (await this.words(selector)).replace(/\s+/g, ' ');
      return wanted.test(words) && words;
    });
  }

  /** The status line tells each model's shape and, once it is scored, the time it took. */
  async untilScored(shape: string, models = 1): Promise<void> {
    await this.untilWords('footer', new RegExp(`(?:${shape}[^×]*?\\d m?s\\b[^×]*?){${models}}`));
  }

  find(role: string, name: string, within = 'body'): Promise<string> {
    return this.until(`${role} ${name}`, () => this.run(markNamed, { role, name, within }));
  }

  async click(role: string, name: string, within?: string): Promise<void> {
    await this.driver.click(await this.find(role, name, within));
  }

  async focus(role: string, name: string): Promise<void> {
    const selector = await this.find(role, name);
    const focus = (at: string) => {
      const element = document.querySelector<HTMLElement>(at);
      element?.focus();
      return document.activeElement === element;
    };
    await this.until(`focus on ${role} ${name}`, () => this.run(focus, selector));
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.driver.press(key);
  }

  /** Sets a checkbox or a radio button. */
  async check(role: 'checkbox' | 'radio', name: string, isChecked = true): Promise<void> {
    const selector = await this.find(role, name);
    const has = (at: string) => document.querySelector<HTMLInputElement>(at)?.checked ?? false;
    if ((await this.run(has, selector)) !== isChecked) await this.driver.click(selector);
    expect(await this.run(has, selector), name).toBe(isChecked);
  }

  async chooseFiles(paths: readonly string[]): Promise<void> {
    await this.driver.uploadFiles('input[type=file]', paths);
  }

  drop(paths: readonly string[]): Promise<void> {
    const files = paths.map((path) => ({
      name: basename(path),
      base64: readFileSync(path).toString('base64'),
    }));
    return this.run(dropFiles, files);
  }

  /** A file as the export's button saves it. */
  async save(button: string): Promise<{ name: string; type: string; bytes: Buffer }> {
    const within = 'dialog[open]';
    if ((await this.words(within)) === '') await this.click('button', '^Export$', 'header');
    // What is drawn late moves the buttons.
    await this.untilPreview();
    await this.click('button', `^${button}$`, within);
    const { base64, ...file } = await this.until<SavedFile>(`file by ${button}`, () => this.run(takeSaved));
    return { ...file, bytes: Buffer.from(base64, 'base64') };
  }

  /** Waits until the dialog of exports shows the figure. */
  async untilPreview(): Promise<void> {
    const isShown = () =>
      [...document.querySelectorAll<HTMLImageElement>('dialog[open] img[alt^=Preview]')].some(
        ({ complete, naturalWidth }) => complete && naturalWidth > 0,
      );
    await this.until('preview', () => this.run(isShown));
  }

  async closeDialog(): Promise<void> {
    await this.press('Escape');
    await this.until('closed dialog', async () => (await this.words('dialog[open]')) === '');
  }

  copied(): Promise<Copied> {
    return this.until<Copied>('copied text', () => this.run(takeCopied));
  }

  /** The models' results, by the export of JSON; its dialog is closed again. */
  async results(): Promise<AnalysisResult[]> {
    const { bytes } = await this.save('Download JSON');
    await this.closeDialog();
    return [JSON.parse(bytes.toString('utf8')) as AnalysisResult | AnalysisResult[]].flat();
  }
}
