import { expect, type Page, test } from '@playwright/test';
import { expectDone } from './page.ts';

/** The page as it stands before its own code runs, which never comes. */
async function openWithoutCode(page: Page, path = '/'): Promise<void> {
  await page.route(/\/assets\/.*\.js$/, (route) => route.abort());
  await page.goto(path);
}

/** The two rows' first and last cells of both maps, each with its place, its colour and its text, before and after the code has run. */
async function cellsBefore(page: Page) {
  return page.locator('.first-map').evaluateAll((maps) =>
    maps.map((map) => {
      const texts = [...map.querySelectorAll('.first-three-decimals text')].map((text) => text.textContent);
      const cells = [...map.querySelectorAll('.first-cells rect')].map((rect) => {
        const { x, y, width } = rect.getBoundingClientRect();
        const [red, green, blue] = getComputedStyle(rect).fill.match(/\d+/g)!.map(Number);
        return { x: Math.round(x), y: Math.round(y), width: Math.round(width), colour: [red, green, blue] };
      });
      return { texts, cells };
    }),
  );
}

/** What the page's own maps show where those cells stood: 4 px from a cell's corner there is colour alone. */
async function coloursAt(page: Page, places: readonly (readonly { x: number; y: number }[])[]) {
  return page.locator('canvas.map-cells').evaluateAll(
    (maps, places) =>
      maps.map((map, index) => {
        const canvas = map as HTMLCanvasElement;
        const box = canvas.getBoundingClientRect();
        return places[index]!.map(({ x, y }) => [
          ...canvas
            .getContext('2d')!
            .getImageData(x + 4 - box.x, y + 4 - box.y, 1, 1)
            .data.slice(0, 3),
        ]);
      }),
    places,
  );
}

for (const colorScheme of ['light', 'dark'] as const)
  test(`the sample's maps and claim stand in the page before any of its code runs, in ${colorScheme}`, async ({
    browser,
  }) => {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width: 1280, height: 720 },
      serviceWorkers: 'block',
    });
    const before = await context.newPage();
    await openWithoutCode(before);
    await expect(before.getByText('Trained to fill gaps from both sides')).toBeVisible();
    await expect(before.getByRole('alert')).toContainText('couldn’t start'.replace('’', "'"));
    // What is said of the failure stands above the screen.
    await before.evaluate(() => document.getElementById('not-started')?.remove());
    const maps = await cellsBefore(before);
    expect(maps.map(({ cells }) => cells.length)).toEqual([16, 16]);
    expect(maps[0]!.texts.slice(0, 4)).toEqual(['0.347', '0.344', '0.543', '0.610']);

    const after = await context.newPage();
    await after.addInitScript(() => {
      let moved = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) moved += (entry as PerformanceEntry & { value: number }).value;
        document.documentElement.dataset.moved = `${moved}`;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await after.goto('/');
    await expectDone(after, 2);
    const places = maps.map(({ cells }) => cells);
    expect(await coloursAt(after, places)).toEqual(places.map((cells) => cells.map(({ colour }) => colour)));
    // A hundredth is far below what is seen as a jump (0.1 is called good).
    expect(Number(await after.evaluate(() => document.documentElement.dataset.moved ?? '0'))).toBeLessThan(
      0.03,
    );
    await context.close();
  });

test('an address that names something else does not show the sample first', async ({ page }) => {
  for (const path of ['/#m=owner/model@0123456789ab', '/?embed=1#m=owner/model@0123456789ab', '/#metric=r']) {
    await openWithoutCode(page, path);
    await expect(page.locator('.first-screen')).toBeHidden();
    await page.goto('about:blank');
  }
});

test('the first screen has the theme and the palette of earlier visits, or gives way', async ({ page }) => {
  await openWithoutCode(page);
  await page.evaluate(() => localStorage.setItem('qkscope:settings', '{"theme":"dark","hidesIntro":true}'));
  await page.reload();
  await expect(page.locator('.first-map')).toHaveCount(2);
  await expect(page.getByText('One cell is one head')).toBeHidden();
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
    'rgb(21, 23, 27)',
  );
  await page.evaluate(() => localStorage.setItem('qkscope:settings', '{"palette":"PuOr"}'));
  await page.reload();
  await expect(page.locator('.first-screen')).toBeHidden();
});
