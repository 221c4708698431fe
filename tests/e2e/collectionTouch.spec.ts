import { type CDPSession, expect, type Page, test } from '@playwright/test';
import { madeUpResult } from '../../scripts/collection/generateModels.ts';
import { createParquetFile } from '../../src/cli/parquet.ts';

test.use({ hasTouch: true, viewport: { width: 800, height: 600 } });

type Point = readonly [x: number, y: number];

/** Moves fingers from their places to others, and lifts them. */
async function fingers(tools: CDPSession, from: readonly Point[], to: readonly Point[]): Promise<void> {
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly Point[]) =>
    tools.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  await send('touchStart', from);
  for (let step = 1; step <= 8; step++)
    await send(
      'touchMove',
      from.map(([x, y], at) => [x + ((to[at]![0] - x) * step) / 8, y + ((to[at]![1] - y) * step) / 8]),
    );
  await send('touchEnd', []);
}

const scrolled = (page: Page) => page.evaluate(() => [scrollX, scrollY, visualViewport?.scale]);

for (const layout of ['Models', 'Heads'])
  test(`${layout}: two fingers enlarge the points and one moves them, and the page stays where it is`, async ({
    page,
    context,
  }) => {
    const parquet = createParquetFile();
    parquet.add(Array.from({ length: 60 }, (_, index) => madeUpResult(index, 4, 6)));
    await page.goto('/');
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'heads.parquet', mimeType: '', buffer: Buffer.from(parquet.finish()) });
    await page.getByRole('radio', { name: layout, exact: true }).check({ force: true });
    const points = page.locator('.plot-points');
    await points.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await points.boundingBox())!;
    const at = (right: number, down: number): Point => [x + width * right, y + height * down];
    const ticks = () => page.locator('.plot-axes').evaluate((axes) => axes.textContent);
    const tools = await context.newCDPSession(page);
    const before = await scrolled(page);

    const showAll = page.getByRole('button', { name: 'Show all' });
    await expect(showAll).toBeDisabled();
    const all = await ticks();
    await fingers(tools, [at(0.45, 0.45), at(0.55, 0.55)], [at(0.2, 0.2), at(0.8, 0.8)]);
    await expect(showAll).toBeEnabled();
    await expect.poll(ticks).not.toBe(all);
    expect(await scrolled(page)).toEqual(before);

    const enlarged = await ticks();
    await fingers(tools, [at(0.5, 0.3)], [at(0.2, 0.8)]);
    await expect.poll(ticks).not.toBe(enlarged);
    expect(await scrolled(page)).toEqual(before);
    // A finger that moved opens no map.
    await expect(page.getByRole('region', { name: /^Collection/ })).toBeVisible();

    await fingers(tools, [at(0.2, 0.2), at(0.8, 0.8)], [at(0.49, 0.49), at(0.51, 0.51)]);
    await expect(showAll).toBeDisabled();
    // Beside the points the same finger scrolls the page: what is looked at here would have been seen.
    await page.evaluate(() => scrollTo(0, 0));
    const head = (await page.locator('.collection-head').boundingBox())!;
    await fingers(tools, [[head.x + 300, head.y + 4]], [[head.x + 300, 4]]);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
  });
