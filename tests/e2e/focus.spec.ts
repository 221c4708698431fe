import { expect, test } from '@playwright/test';
import { grid, openPage } from './page.ts';

test('what is taken away by a key leaves the focus beside it: compared heads, then a model', async ({
  page,
}) => {
  await openPage(page);
  const map = grid(page, 'sample/masked');
  await map.focus();
  for (const key of ['ArrowRight', 'x', 'ArrowRight', 'x', 'ArrowRight', 'x']) await page.keyboard.press(key);
  const compared = page.getByRole('region', { name: 'Compared heads' });
  const remove = compared.getByRole('button', { name: /^Remove / });
  await expect(remove).toHaveCount(3);
  await remove.nth(1).press('Enter');
  await expect(remove).toHaveCount(2);
  await expect(remove.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(remove.first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(compared).toHaveCount(0);
  await expect(page.locator('#head-panel')).toBeFocused();
  await page.getByRole('button', { name: 'Close sample/causal' }).press('Enter');
  await expect(grid(page, 'sample/causal')).toHaveCount(0);
  await expect(map).toBeFocused();
});
