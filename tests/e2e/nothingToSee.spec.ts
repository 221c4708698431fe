import { expect, test } from '@playwright/test';
import { grid, openPage, openTab } from './page.ts';

test('a page whose script can’t be fetched says so, and what to do', async ({ page }) => {
  await page.route(/assets\/index-.*\.js$/, (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('alert')).toHaveText(
    /couldn't start: .*index-.*\.js couldn't be fetched.*Reload/s,
  );
});

test('a page whose script fails at once says why', async ({ page }) => {
  await page.addInitScript(() => {
    // As a browser that lacks it.
    Object.defineProperty(globalThis, 'matchMedia', { value: undefined });
  });
  await page.goto('/');
  await expect(page.getByRole('alert')).toHaveText(/couldn't start: .*matchMedia/s);
});

test('a part of the page that can’t be drawn says why, and the rest stays', async ({ page }) => {
  await page.route(/assets\/TablePanel-.*\.js$/, (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `export function TablePanel() {
        if (globalThis.isMended) return 'The table.';
        throw new Error('no such column');
      }`,
    }),
  );
  await openPage(page);
  await openTab(page, 'Table');
  const alert = page.getByRole('tabpanel').getByRole('alert');
  await expect(alert).toHaveText(/no such column.*report it/s);
  await expect(grid(page, 'sample/masked')).toBeVisible();
  await expect(alert.getByRole('button', { name: 'Reload the page' })).toBeVisible();
  await page.evaluate(() => Object.assign(globalThis, { isMended: true }));
  await alert.getByRole('button', { name: 'Try again' }).press('Enter');
  await expect(page.getByRole('tabpanel')).toHaveText('The table.');
});

test('a part whose code can’t be fetched says so, and is fetched when it is asked for again', async ({
  page,
}) => {
  await page.route(/assets\/TablePanel-.*\.js$/, (route) => route.abort());
  await openPage(page);
  await openTab(page, 'Table');
  const alert = page.getByRole('tabpanel').getByRole('alert');
  await expect(alert).toHaveText(/code of this part of the page couldn’t be fetched.*server still running/s);
  await page.unroute(/assets\/TablePanel-.*\.js$/);
  await alert.getByRole('button', { name: 'Try again' }).press('Enter');
  await expect(page.getByRole('tabpanel').getByRole('table').first()).toBeVisible();
});
