import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import { grid, openPage, openSettings, openTab } from './page.ts';
import { test } from './sharedTest.ts';

/** What axe calls serious in a part of the page, in both themes: the page follows the system's without being loaded anew. */
async function expectNothingSerious(page: Page, part: string, selector: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // There are no frames; the other mode opens a page for each look.
    const look = new AxeBuilder({ page }).include(selector).setLegacyMode();
    look.options({
      resultTypes: ['violations'],
      // The themes differ in their colours alone.
      ...(colorScheme === 'dark' && { runOnly: ['color-contrast'] }),
    });
    const { violations, passes } = await look.analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(passes.length, part).toBeGreaterThan(0);
    expect(
      serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      `${part}, ${colorScheme}`,
    ).toEqual([]);
  }
}

const panel = (page: Page) => page.getByRole('tabpanel');

/** Every panel of two models, and what is there once its code is. */
const PANELS: Readonly<Record<string, (page: Page) => Locator>> = {
  Training: (page) => page.getByRole('slider', { name: 'checkpoint on the map' }),
  Compare: (page) => panel(page).getByRole('table', { name: /differ most/ }),
  Distribution: (page) => panel(page).getByText(/Table of all \d+ models/),
  Scatter: (page) => panel(page).getByRole('listbox', { name: /^Heads by/ }),
  Timing: (page) => panel(page).getByRole('button', { name: 'Time the methods' }),
  Table: (page) => panel(page).getByRole('table').first(),
};

test('axe finds no serious fault in any panel, menu or dialog in either theme', async ({ page }) => {
  // Two dozen looks at what is large, from one load.
  test.slow();
  await openPage(page);
  await expectNothingSerious(page, 'the page, Training open', 'body');
  const names = (await page.getByRole('tab').allTextContents()).map((name) => name.trim());
  expect(names).toEqual(Object.keys(PANELS));
  for (const [name, isThere] of Object.entries(PANELS)) {
    await openTab(page, name);
    await expect(isThere(page)).toBeVisible();
    if (name !== 'Training') await expectNothingSerious(page, name, '[role=tabpanel]');
  }

  await grid(page, 'sample/masked').focus();
  for (const key of ['Control+Home', 'x', 'ArrowRight', 'x', 'Enter']) await page.keyboard.press(key);
  const head = page.getByRole('complementary', { name: 'Head' });
  const closed = head.getByRole('button', { expanded: false });
  while ((await closed.count()) > 0) await closed.first().press('Enter');
  await expect(head.getByRole('grid', { name: /^Pairs of heads/ })).toHaveCount(2);
  await expectNothingSerious(page, 'the head panel', '.frame-side');

  for (const [name, selector] of [
    [/^raw weights/, '.convention-box'],
    ['Settings', '.settings'],
    [/^View/, '.view-box'],
    [/^Measure/, '.layer-metrics-box'],
    [/^Compare/, '.compare-box'],
  ] as const) {
    const summary = page.locator('summary').filter({ hasText: name }).first();
    await summary.press('Enter');
    await expectNothingSerious(page, `the menu ${name}`, selector);
    await page.keyboard.press('Escape');
    await expect(summary).toBeFocused();
  }
  for (const name of ['Guide', 'Keys', 'Export']) {
    const button = page.getByRole('button', { name, exact: true });
    await button.press('Enter');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectNothingSerious(page, name, 'dialog[open]');
    await page.keyboard.press('Escape');
    await expect(button).toBeFocused();
  }
});

test('a setting limits the single keys / and ? to the map, and survives a reload', async ({ page }) => {
  await openPage(page);
  const [keys, jump] = [
    page.getByRole('dialog', { name: 'Keys' }),
    page.getByRole('textbox', { name: 'jump' }),
  ];
  const map = grid(page, 'sample/masked');
  const tab = page.getByRole('tab', { selected: true });
  await tab.press('?');
  await expect(keys).toContainText('Settings can limit these two to the map.');
  await page.keyboard.press('Escape');

  await openSettings(page);
  await page.getByRole('checkbox', { name: 'Use / and ? anywhere on the page' }).press('Space');
  await page.keyboard.press('Escape');
  for (const _ of ['as it was set', 'as it was kept']) {
    await tab.press('?');
    await tab.press('/');
    await expect(tab).toBeFocused();
    await expect(keys).toBeHidden();
    await expect(jump).toHaveAttribute('title', /head 1$/);
    await map.press('?');
    await expect(keys).toContainText('Only while the map has the focus');
    await page.keyboard.press('Escape');
    await map.press('/');
    await expect(jump).toBeFocused();
    await page.reload();
    await expect(map).toBeVisible();
  }
});
