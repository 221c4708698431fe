import { expect } from '@playwright/test';
import { openPage } from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

test('the guide opens by keyboard, typesets its formulas and gives the focus back when it closes', async ({
  page,
}) => {
  await openPage(page);
  const open = page.getByRole('button', { name: 'Guide', exact: true });
  await open.focus();
  await page.keyboard.press('Enter');
  const guide = page.getByRole('dialog', { name: 'Guide' });
  await expect(guide).toBeVisible();
  await expect(guide.getByRole('link', { name: 'arXiv:2502.10927' })).toHaveAttribute(
    'href',
    'https://arxiv.org/abs/2502.10927',
  );
  for (const title of ['What is measured', 'r and s', 'Reading the map', 'Chance', 'Norm or trace'])
    await expect(guide.getByRole('heading', { name: title })).toBeVisible();
  // Native MathML: a fraction's numerator stands above its denominator.
  const fraction = guide.locator('mfrac').first();
  const [above, below] = await fraction.evaluate((node) =>
    [...node.children].map((child) => child.getBoundingClientRect().top),
  );
  expect(above!).toBeLessThan(below!);
  await page.keyboard.press('Escape');
  await expect(guide).toBeHidden();
  await expect(open).toBeFocused();
});

test('the slider of the guide’s example moves r and s', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Guide', exact: true }).press('Enter');
  const slider = page.getByRole('slider', { name: 'symmetric share of M' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', 'r 0.00, s −1.00');
  await page.keyboard.press('End');
  await expect(slider).toHaveAttribute('aria-valuetext', 'r 1.00, s 1.00');
  await expect(page.getByRole('img', { name: /Eigenvalues of M.* 0 conjugate pairs/ })).toBeVisible();
  await expect(page.getByRole('img', { name: /1\.0000 of ‖M‖² is symmetric/ })).toBeVisible();
});
