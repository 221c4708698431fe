import { expect } from '@playwright/test';
import { expectDone, grid, measure, menuNamed, openModel, openPage, setFaults, setHub } from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

test('the focus moves to a neighbour when a compared head or a model is removed by keyboard', async ({
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

test('pressing Cancel moves the focus to the button that starts the work again', async ({ page }) => {
  await setFaults();
  await openPage(page);
  await setHub(page);
  await setFaults({ slowMs: 1500 });
  await openModel(page, 'test/llama-gqa');
  await page.getByRole('button', { name: 'Cancel', exact: true }).press('Enter');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeFocused();
  await setFaults();
  await page.keyboard.press('Enter');
  await expectDone(page);

  await setFaults({ slowMs: 1500 });
  await measure(page, 'directionality');
  await page.getByRole('button', { name: 'Cancel measuring' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel measuring' })).toHaveCount(0);
  await expect(menuNamed(page, 'Measure')).toBeFocused();
  await setFaults();
});

test('the focus moves from Cancel to the start button when the work ends by itself', async ({ page }) => {
  await setFaults();
  await openPage(page);
  await setHub(page);
  await openModel(page, 'test/llama-gqa');
  await expectDone(page);
  await setFaults({ slowMs: 1500 });
  await measure(page, 'whole layers');
  const cancel = page.getByRole('button', { name: 'Cancel measuring' });
  await cancel.focus();
  await expect(cancel).toBeFocused();
  await setFaults();
  await expect(cancel).toHaveCount(0, { timeout: 60_000 });
  await expect(menuNamed(page, 'Measure')).toBeFocused();
});
