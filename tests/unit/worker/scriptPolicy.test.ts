import { describe, expect, it } from 'vitest';
import { trustOwnScripts } from '../../../src/worker/scriptPolicy.ts';

const FOLDER = 'https://host.example/lab/';

/** What the browser would be given for an address. */
function pass(address: string): string {
  let rule: ((address: string) => string) | undefined;
  trustOwnScripts(FOLDER, {
    createPolicy: (name, { createScriptURL, ...others }) => {
      // Browsers ask this one alone for texts, and refuse what it has no rule for.
      expect([name, others]).toEqual(['default', {}]);
      rule = createScriptURL;
    },
  });
  return rule!(address);
}

describe('addresses of scripts', () => {
  it.each([
    'https://host.example/lab/assets/analysis.worker-a1.js',
    './assets/thread.worker-b2.js',
    'https://host.example/lab/serviceWorker.js',
    'https://host.example/lab/assets/ort-wasm-simd-threaded.mjs',
  ])('of this page pass: %s', (address) => expect(pass(address)).toBe(address));

  it.each([
    'https://other.example/lab/assets/a.js',
    'https://host.example/elsewhere/a.js',
    'https://host.example/lab/../elsewhere/a.js',
    'https://host.example/lab/sample/config.json',
    'https://host.example/lab/find?callback=a.js',
    'https://host.example/lab/page#a.js',
    '//other.example/a.js',
    'blob:https://host.example/lab/0a1b.js',
    'data:text/javascript,postMessage(1)//.js',
    'javascript:alert(1)//.js',
  ])('of anything else are refused: %s', (address) =>
    expect(() => pass(address)).toThrow('Only scripts of this page are started'),
  );

  it('are left alone where the browser has no Trusted Types', () => {
    expect(() => trustOwnScripts(FOLDER, undefined)).not.toThrow();
  });
});
