/** `npm run map`: writes the map of the rooms in docs/architecture.md from the table of layers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { LAYERS } from '../tests/support/architecture/layers.ts';
import { PAGE } from '../tests/support/architecture/pageLayers.ts';
import { renderMap } from '../tests/support/architecture/renderMap.ts';

const FILE = 'docs/architecture.md';
const text = readFileSync(FILE, 'utf8');
writeFileSync(
  FILE,
  text.replace(
    /(<!-- map: [^>]*-->\n)[\s\S]*?(<!-- end of the map -->)/,
    (_, begin, end) => `${begin}${renderMap(LAYERS, PAGE)}\n${end}`,
  ),
);
