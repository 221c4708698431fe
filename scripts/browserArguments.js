// How the tests start Chromium: Playwright for the page, Vitest for the conformance suite.

/**
 * What Chromium is to leave out. It takes the last list alone, so that Playwright's own stands here again
 * (`disabledFeatures` in playwright-core), as far as it is of use without Edge and Windows.
 */
const LEFT_OUT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  // Each new window loads a page for the popup of the address bar, which no test opens: two seconds of a core a test.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
];

export const browserArguments = [
  // WebGPU on SwiftShader where there is no GPU: without the flag Chromium offers no software adapter.
  '--enable-unsafe-webgpu',
  // Pages of one context and site share a process (tests/e2e/sharedTest.ts).
  '--process-per-site',
  `--disable-features=${LEFT_OUT.join(',')}`,
];
