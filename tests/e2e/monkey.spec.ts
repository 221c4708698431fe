import { expect, type Page, test } from '@playwright/test';
import { mulberry32 } from '../support/random.ts';
import { dropFiles } from './drop.ts';
import { expectDone, openPage, resultOf, setFaults, setHub } from './page.ts';

/** `npm run soak` has 5000 acts; a failure tells its seed and the acts before it. */
const ACTS = process.env.QKSCOPE_SOAK === 'monkey' ? 5000 : 500;
const SEED = Number(process.env.QKSCOPE_SEED ?? 19);
/** After so many acts it is looked whether the page still answers. */
const LOOK_EVERY = 100;

const FIXTURES = 'tests/fixtures';
const FILES = [
  'oracle/bert-f32/config.json',
  'oracle/bert-f32/model.safetensors',
  'oracle/gpt2-f32/model.safetensors',
  'oracle/t5-f32/model.safetensors',
  'oracle/bert-f32/expected.json',
].map((path) => ({ name: path.split('/').at(-1)!, path: `${FIXTURES}/${path}` }));
const LAST = ['config.json', 'model.safetensors'].map((name) => ({
  name,
  path: `${FIXTURES}/oracle/llama-gqa-bf16/${name}`,
}));
const KEYS = [
  ...['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'],
  ...['Enter', 'Space', 'Escape', 'Tab', 'Shift+Tab', 'Backspace', '/', '?', '+', '-', '0', 'f', 'r', 's'],
];
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 600 },
  { width: 390, height: 800 },
  { width: 2200, height: 1200 },
];
const TEXTS = ['test/llama-gqa', 'test/llama-gqa@v2', 'gpt2', '12', 'L3H4', '0.5', '../..', '<b>', '🙂'];

type Act = () => Promise<unknown>;

/** Controls that can be reached by the pointer now: the middle of each, in px. */
function findControls(): { name: string; x: number; y: number }[] {
  const wanted =
    'button, summary, select, input, textarea, [role=tab], [role=grid], [role=option], canvas, label';
  return [...document.querySelectorAll<HTMLElement>(wanted)].flatMap((control) => {
    const { left, top, width, height } = control.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (width === 0 || x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return [];
    const hit = document.elementFromPoint(x, y);
    if (hit === null || !(control.contains(hit) || hit.contains(control))) return [];
    return [{ name: control.ariaLabel ?? control.textContent?.slice(0, 40) ?? control.tagName, x, y }];
  });
}

function createMonkey(page: Page, seed: number) {
  const random = mulberry32(seed);
  const oneOf = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const done: string[] = [];
  const act = (what: string, run: Act): Promise<unknown> => {
    done.push(what);
    return run();
  };
  const place = () => {
    const { width, height } = page.viewportSize()!;
    return [Math.floor(random() * width), Math.floor(random() * height)] as const;
  };
  const acts: readonly (readonly [share: number, run: Act])[] = [
    [
      50,
      async () => {
        const controls = await page.evaluate(findControls);
        if (controls.length === 0) return;
        const { name, x, y } = oneOf(controls);
        await act(`click ${name}`, () => page.mouse.click(x, y));
      },
    ],
    [8, () => act('click anywhere', () => page.mouse.click(...place()))],
    [
      4,
      () =>
        act('drag', async () => {
          await page.mouse.move(...place());
          await page.mouse.down();
          await page.mouse.move(...place(), { steps: 3 });
          await page.mouse.up();
        }),
    ],
    [
      24,
      () => {
        const key = oneOf(KEYS);
        return act(`press ${key}`, () => page.keyboard.press(key));
      },
    ],
    [
      4,
      () => {
        const text = oneOf(TEXTS);
        return act(`type ${text}`, () => page.keyboard.insertText(text));
      },
    ],
    [4, () => act('wheel', () => page.mouse.wheel(random() * 400 - 200, random() * 800 - 400))],
    [
      3,
      () => {
        const files = Array.from({ length: 1 + Math.floor(random() * 2) }, () => oneOf(FILES));
        return act(`drop ${files.map(({ path }) => path)}`, () => dropFiles(page, files));
      },
    ],
    [
      3,
      () => {
        const size = oneOf(SIZES);
        return act(`resize to ${size.width}`, () => page.setViewportSize(size));
      },
    ],
  ];
  const total = acts.reduce((sum, [share]) => sum + share, 0);
  return {
    done,
    step(): Promise<unknown> {
      let left = random() * total;
      for (const [share, run] of acts) {
        left -= share;
        if (left < 0) return run();
      }
      return acts[0]![1]();
    },
  };
}

/** A control answers: the theme's button changes its name. */
async function expectAlive(page: Page): Promise<void> {
  for (let layer = 0; layer < 4; layer++) await page.keyboard.press('Escape');
  const theme = page.getByRole('button', { name: /^Theme/ });
  const before = await theme.getAttribute('aria-label');
  await theme.press('Enter');
  await expect(theme).not.toHaveAttribute('aria-label', before!);
}

test(`${ACTS} random clicks, keys, drops and resizes end without an error and leave no dead control`, async ({
  page,
}) => {
  test.setTimeout(120_000 + ACTS * 600);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    // The browser itself tells of answers such as 404.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      errors.push(`console: ${message.text()}`);
  });
  page.on('popup', (popup) => void popup.close());
  page.on('filechooser', (chooser) => void chooser.setFiles(FILES.slice(0, 2).map(({ path }) => path)));
  page.on('dialog', (dialog) => void dialog.accept());
  await setFaults();
  await openPage(page);
  await setHub(page);
  const monkey = createMonkey(page, SEED);
  const story = () => `seed ${SEED}, after ${monkey.done.length} acts: ${monkey.done.slice(-12).join('; ')}`;
  for (let at = 1; at <= ACTS; at++) {
    await monkey.step();
    if (at % LOOK_EVERY === 0) await test.step(story(), () => expectAlive(page));
    expect(errors, story()).toEqual([]);
  }
  await page.setViewportSize(SIZES[0]!);
  await expectAlive(page);
  // Whatever is shown, scored or measured by now, a model that was never dropped before takes its place.
  await dropFiles(page, LAST);
  await expect(page.getByRole('contentinfo')).toContainText(/model\.safetensors.*BF16/s);
  await expectDone(page);
  expect((await resultOf(page)).model.modelType).toBe('llama');
  expect(errors, story()).toEqual([]);
  console.log(`${ACTS} acts, seed ${SEED}: no error, no dead control`);
});
