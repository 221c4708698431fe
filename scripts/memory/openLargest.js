// Opens a model of a hub in the page, and uses its map.
import { readFileSync } from 'node:fs';

const UNITS = { kB: 1e3, MB: 1e6, GB: 1e9 };
/** A busy machine may take its time, ms. */
const PATIENCE = 3_600_000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads so many layers of a model in Puppeteer's page, and stops there. Returns what the page says of it. */
export async function openLargest(page, model, layers) {
  const began = Date.now();
  const seconds = () => ((Date.now() - began) / 1000).toFixed(1);
  const footer = () => page.$eval('footer', ({ innerText }) => innerText);
  const until = async (isSo) => {
    while (!isSo(await footer())) {
      if (Date.now() - began > PATIENCE) throw new Error(`${model.id}: ${await footer()}`);
      await wait(200);
    }
  };
  const press = (name) =>
    page.evaluate(
      (text) => [...document.querySelectorAll('button')].find((one) => one.textContent === text).click(),
      name,
    );
  await page.locator('input[role=combobox]').fill(model.id);
  await press('Open');
  await until((said) => said.includes(model.id));
  const headers = seconds();
  if (layers === model.shape.layers) await until((said) => /\d m?s$/m.test(said));
  else {
    await until((said) => {
      const [, number, unit] = /read ([\d.]+) (kB|MB|GB)/.exec(said) ?? [];
      return number !== undefined && Number(number) * UNITS[unit] >= layers * model.layerBytes;
    });
    await press('Cancel');
    await page.waitForFunction(() => /Stopped after/.test(document.body.innerText), { timeout: PATIENCE });
  }
  return `headers of ${model.shards} shards in ${headers} s, all in ${seconds()} s; ${(await footer()).replaceAll(/\s+/g, ' ').trim()}`;
}

/** In Playwright's page: hovers, pins, zooms, scrolls and exports; fails where something of it doesn't answer. */
export async function tryMap(page, { id, shape }) {
  const began = Date.now();
  const heads = shape.layers * shape.heads;
  const grid = page.getByRole('grid').first();
  const box = await grid.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  await page.locator('.tip').first().waitFor();
  const tip = await page.locator('.tip').first().textContent();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.getByRole('complementary').or(page.locator('.side-panel')).first().waitFor();
  await grid.focus();
  for (const key of ['+', '+', 'End', 'PageDown', 'ArrowUp']) await page.keyboard.press(key);
  await page.mouse.wheel(200, 400);
  await page.keyboard.press('Escape');
  await page.getByRole('banner').getByRole('button', { name: 'Export', exact: true }).press('Enter');
  const download = async (name) => {
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name }).press('Enter');
    return readFileSync(await (await waiting).path());
  };
  const result = JSON.parse((await download('Download JSON')).toString('utf8'));
  const scored = result.stacks[0].layers.flatMap((layer) => layer.heads.filter(({ r }) => r !== null)).length;
  const png = await download(/Download PNG/);
  if (scored !== heads) throw new Error(`${scored} of ${heads} heads have scores.`);
  console.log(
    `${id}: the map of ${heads} heads was hovered (“${tip?.slice(0, 60)}”), pinned, zoomed, scrolled and exported (JSON of ${heads} scores, PNG of ${(png.length / 1e6).toFixed(1)} MB) in ${((Date.now() - began) / 1000).toFixed(1)} s`,
  );
}
