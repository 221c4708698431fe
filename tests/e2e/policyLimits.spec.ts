import { expect, test } from '@playwright/test';
import { enterModel, grid, setHub } from './page.ts';
import { watch } from './watchedPage.ts';

test('a map in a frame’s form works under the page’s policy', async ({ page }) => {
  const watched = await watch(page);
  await page.goto(`${watched.host.url}?embed=1`);
  const map = grid(page, 'sample/masked');
  await expect(map).toBeVisible();
  await map.hover();
  await map.press('ArrowRight');
  await map.press('Enter');
  await expect(page.getByRole('link', { name: /open/i }).first()).toBeVisible();
  expect(await watched.violations()).toEqual([]);
  await watched.host.close();
});

test('a mirror in the local network by plain http is refused with the policy’s name and a way on', async ({
  page,
}) => {
  const watched = await watch(page);
  await page.goto(watched.host.url);
  await setHub(page, 'http://192.168.77.7:8080');
  await enterModel(page, 'owner/model');
  const alert = page.getByRole('alert').filter({ hasText: 'http://192.168.77.7:8080 couldn' });
  await expect(alert.first()).toContainText(/Content-Security-Policy.*Serve the mirror over https/);
  await watched.host.close();
});
