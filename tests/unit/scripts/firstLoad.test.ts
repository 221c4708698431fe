import { expect, it } from 'vitest';
import { firstScripts } from '../../../scripts/firstLoad.js';

it('counts the entry and all preloaded scripts, but no styles, as the first load', () => {
  const html = `<!doctype html><head>
    <link rel="icon" href="./icon.svg">
    <script type="module" crossorigin src="./assets/index-a1.js"></script>
    <link rel="modulepreload" crossorigin href="./assets/shared-b2.js">
    <link rel="stylesheet" crossorigin href="./assets/index-c3.css">
  </head>`;
  expect(firstScripts(html)).toEqual(['assets/index-a1.js', 'assets/shared-b2.js']);
});
