import jsQr from 'jsqr';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { colourDomain } from '../../../../src/figures/colourDomain.ts';
import { figureScene } from '../../../../src/figures/figure.ts';
import { DEFAULT_FIGURE_STYLE, type FigureWidth } from '../../../../src/figures/figureStyle.ts';
import { loadGlyphs } from '../../../../src/figures/loadGlyphs.ts';
import { metricFor } from '../../../../src/figures/metric.ts';
import type { ThemeName } from '../../../../src/figures/palette.ts';
import { sceneToSvg } from '../../../../src/figures/sceneToSvg.ts';
import { paintScene } from '../../../../src/raster/index.ts';
import { linkQrCode } from '../../../../src/ui/export/linkQrCode.ts';
import { QrCodeOption } from '../../../../src/ui/export/QrCodeOption.tsx';
import { fakeResult } from '../../figures/fakeResult.ts';

const SHORT = 'https://qkscope.example/#m=gpt2@607a30d783df&metric=r&sel=L5H9';
/** As long as a link may be. */
const LONGEST = `https://qkscope.example/#m=owner/model@0123456789ab&sel=${'L12H34,'.repeat(30)}`.slice(
  0,
  200,
);
const glyphs = await loadGlyphs();

async function figureWithCode(link: string, width: FigureWidth, theme: ThemeName = 'light') {
  const metric = metricFor('s');
  return figureScene([fakeResult({ id: 'owner/masked' })], {
    ...{ metric, theme, domain: colourDomain([-0.2, 0.9], metric, { mode: 'auto' }) },
    ...{ style: { ...DEFAULT_FIGURE_STYLE, width }, qrCode: await linkQrCode(link) },
  });
}

/** What an independent reader finds in the picture of the whole figure. */
async function readCode(link: string, width: FigureWidth, scale: number, theme: ThemeName = 'light') {
  const picture = paintScene(await figureWithCode(link, width, theme), glyphs, scale);
  const pixels = new Uint8ClampedArray(4 * picture.width * picture.height).fill(255);
  for (const [index, byte] of picture.bytes.entries()) pixels[4 * Math.floor(index / 3) + (index % 3)] = byte;
  return jsQr(pixels, picture.width, picture.height)?.data ?? null;
}

describe('the QR code of the link in a figure', () => {
  it.each([
    [SHORT, 'screen', 1, 'light'],
    [SHORT, 'screen', 2, 'dark'],
    [SHORT, 'single', 2, 'light'],
    [LONGEST, 'single', 1, 'light'],
    [LONGEST, 'double', 3, 'light'],
    [LONGEST, 'screen', 1, 'light'],
  ] as const)('is read back from the picture: %s, %s at %d× in %s', async (link, width, scale, theme) => {
    expect(await readCode(link, width, scale, theme)).toBe(link);
  });

  it('lies inside the figure, below everything else', async () => {
    const { width, height, children } = await figureWithCode(SHORT, 'single');
    const [figure] = children;
    if (figure?.type !== 'group') throw new Error('A figure is a group.');
    const code = figure.children.find((node) => node.type === 'group' && node.name === 'QR code');
    if (code?.type !== 'group') throw new Error('There is no code.');
    const ground = code.children[0]!;
    if (ground.type !== 'rect') throw new Error('The code has no ground.');
    expect((figure.x ?? 0) + (code.x ?? 0) + ground.width).toBeLessThanOrEqual(width);
    expect((figure.y ?? 0) + (code.y ?? 0) + ground.height).toBeLessThanOrEqual(height);
  });

  it('is drawn as shapes in an SVG', async () => {
    const svg = sceneToSvg(await figureWithCode(SHORT, 'screen'));
    const code = svg.slice(svg.indexOf('class="QR-code"'));
    expect(code.match(/<(rect|path)/g)?.length).toBeGreaterThan(100);
    expect(svg).not.toContain('<image');
  });

  it('is refused for a link that is over 200 characters, with the reason', async () => {
    await expect(linkQrCode(`${LONGEST}0`)).rejects.toMatchObject({
      code: 'link-invalid',
      message: expect.stringContaining('201 characters'),
    });
  });

  it('is offered where the page has a public address, and nowhere else', () => {
    const offered = (address: string) =>
      renderToStaticMarkup(
        createElement(QrCodeOption, {
          address,
          makeLink: () => Promise.resolve({ text: SHORT }),
          onChange: () => {},
        }),
      );
    expect(offered('https://qkscope.example/')).toContain('QR code of the link');
    expect(offered('')).toBe('');
  });
});
