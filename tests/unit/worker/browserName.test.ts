import { describe, expect, it } from 'vitest';
import { browserName } from '../../../src/worker/browserName.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('the browser’s name', () => {
  it.each([
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`,
      'Chrome 141, Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
      'Edge 141, Windows',
    ],
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/156.0.0.0 Safari/537.36`,
      'Headless Chrome 156, Linux',
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36`,
      'Chrome 141, Android',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox 143, Linux'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
      'Safari 26.0, macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
      'Safari 26.0, iOS',
    ],
    ['SomethingElse/1.0', 'SomethingElse/1.0'],
  ])('%s is %s', (userAgent, name) => {
    expect(browserName({ userAgent })).toBe(name);
  });

  it('is taken from the brands where there are some, the made-up one left out', () => {
    const brands = (...names: string[]) => names.map((brand) => ({ brand, version: '141' }));
    const of = (...names: string[]) =>
      browserName({ userAgent: 'x', userAgentData: { brands: brands(...names), platform: 'Linux' } });
    expect(of('Not?A_Brand', 'Chromium', 'Google Chrome')).toBe('Google Chrome 141, Linux');
    expect(of('Chromium', 'Not=A?Brand')).toBe('Chromium 141, Linux');
    expect(browserName({ userAgent: 'x', userAgentData: { brands: [], platform: '' } })).toBe('x');
  });
});
