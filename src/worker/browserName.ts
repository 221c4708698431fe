// The browser's name and version, for the benchmark's reports.
/** What of `navigator` tells the browser. */
interface Navigated {
  readonly userAgent: string;
  /** Chromium's; the rest have none. */
  readonly userAgentData?:
    | {
        readonly brands: readonly { readonly brand: string; readonly version: string }[];
        readonly platform: string;
      }
    | undefined;
}

/** Products of user agents, the most telling first: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari. */
const PRODUCTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:A|iOS)?\/(\d+)/],
  ['Opera', /\bOPR\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Headless Chrome', /\bHeadlessChrome\/(\d+)/],
  ['Chrome', /\b(?:Chrome|CriOS)\/(\d+)/],
  ['Safari', /\bVersion\/(\d+(?:\.\d+)?)[^)]*\bSafari\//],
];

/** As they stand in a user agent; Android's has Linux in it, and an iPhone's Mac OS. */
const SYSTEMS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['iOS', /\b(?:iPhone|iPad|iPod)\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
];

/**
 * "Chrome 141, Windows": what the browser says of itself, to the major version, since browsers blur the rest. A user agent
 * that is none of the known is given whole: nothing is guessed.
 */
export function browserName({ userAgent, userAgentData }: Navigated): string {
  const real = userAgentData?.brands.filter(({ brand }) => !/not.*brand/i.test(brand)) ?? [];
  const own = real.find(({ brand }) => brand !== 'Chromium') ?? real[0];
  if (own !== undefined && userAgentData !== undefined)
    return [`${own.brand} ${own.version}`, userAgentData.platform].filter((part) => part !== '').join(', ');
  for (const [name, pattern] of PRODUCTS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version === undefined) continue;
    const system = SYSTEMS.find(([, of]) => of.test(userAgent))?.[0];
    return [`${name} ${version}`, ...(system === undefined ? [] : [system])].join(', ');
  }
  return userAgent;
}
