import { describe, expect, it } from 'vitest';
import { checkLayers, fileCircles, roomCircles } from '../../support/architecture/checkLayers.ts';
import { readImports } from '../../support/architecture/readImports.ts';
import type { Room } from '../../support/architecture/room.ts';

/** A small house: `top` may know `shop`, which has a door and two siblings, and `base`. */
const HOUSE: Readonly<Record<string, Room>> = {
  base: { purpose: 'what all use', uses: [] },
  shop: {
    purpose: 'a room with a door',
    uses: ['base'],
    packages: ['d3'],
    hasDoor: true,
    siblings: ['a', 'b'],
  },
  top: { purpose: 'what the user sees', uses: ['shop'] },
};

const check = (file: string, text: string) => checkLayers(readImports(file, text), HOUSE);

describe('the check of the table of layers', () => {
  it('allows what the table names', () => {
    expect(check('src/top/page.ts', "import { open } from '../shop/index.ts';")).toEqual([]);
    expect(
      check('src/shop/a/one.ts', "import { x } from '../../base/x.ts';\nimport { scaleLinear } from 'd3';"),
    ).toEqual([]);
  });

  it.each([
    ['static', "import { page } from '../top/page.ts';"],
    ['static', "import {\n  page,\n  type Page,\n} from '../top/page.ts';"],
    ['static', "import * as page from '../top/page.ts';"],
    ['static', "import '../top/page.ts';"],
    ['static', "export * from '../top/page.ts';"],
    ['type', "import type { Page } from '../top/page.ts';"],
    ['type', "import { type Page, type Other } from '../top/page.ts';"],
    ['type', "export type { Page } from '../top/page.ts';"],
    ['dynamic', "const load = () => import('../top/page.ts');"],
    ['dynamic', "type Page = typeof import('../top/page.ts');"],
    ['url', "new Worker(new URL('../top/page.ts', import.meta.url), { type: 'module' });"],
    ['url', "new Worker(\n  new URL(\n    '../top/page.ts',\n    import.meta.url,\n  ),\n);"],
  ])('catches a forbidden %s import: %s', (kind, text) => {
    expect(check('src/base/x.ts', text)).toEqual([
      `src/base/x.ts: base may not know top (${kind} import of src/top/page.ts).`,
    ]);
  });

  it.each([
    ['static', "import { one } from '../shop/a/one.ts';"],
    ['type', "import type { One } from '../shop/a/one.ts';"],
    ['dynamic', "await import('../shop/a/one.ts');"],
    ['url', "new URL('../shop/a/one.ts', import.meta.url)"],
  ])('catches a %s import past a door', (kind, text) => {
    expect(check('src/top/page.ts', text)).toEqual([
      `src/top/page.ts goes past the door of shop (${kind} import of src/shop/a/one.ts).`,
    ]);
  });

  it('catches siblings that know each other', () => {
    expect(check('src/shop/a/one.ts', "import { two } from '../b/two.ts';")).toEqual([
      'src/shop/a/one.ts: a and b of shop may not know each other (static import of src/shop/b/two.ts).',
    ]);
  });

  it('catches a package that the room may not use', () => {
    expect(check('src/top/page.ts', "import { scaleLinear } from 'd3/src/index.js';")).toEqual([
      'src/top/page.ts: top may not use the package d3 (static import).',
    ]);
  });

  it('catches a file in no room', () => {
    expect(check('src/cellar/x.ts', "import { page } from '../top/page.ts';")).toEqual([
      'src/cellar/x.ts belongs to no room of the table of layers.',
    ]);
  });

  it('refuses an import() whose name is computed', () => {
    expect(() => readImports('src/top/page.ts', 'await import(name)')).toThrow('computed name');
  });

  it('reads no import out of a comment', () => {
    expect(
      readImports(
        'src/base/x.ts',
        "/**\n * import { page } from '../top/page.ts';\n */\n// import '../top/page.ts';",
      ),
    ).toEqual([]);
  });

  it('finds a circle of folders that types alone close', () => {
    const imports = [
      ...readImports('src/base/x.ts', "import type { Page } from '../top/page.ts';"),
      ...readImports('src/top/page.ts', "import { x } from '../base/x.ts';"),
    ];
    expect(roomCircles(imports, HOUSE)).toEqual([['base', 'top']]);
    expect(roomCircles(imports.slice(1), HOUSE)).toEqual([]);
  });

  it('finds a circle of files unless an import() closes it', () => {
    const closes = (text: string) =>
      fileCircles([
        ...readImports('src/base/x.ts', "import { y } from './y.ts';"),
        ...readImports('src/base/y.ts', "import { z } from './z.ts';"),
        ...readImports('src/base/z.ts', text),
      ]);
    expect(closes("import type { X } from './x.ts';")).toEqual([
      ['src/base/x.ts', 'src/base/y.ts', 'src/base/z.ts'],
    ]);
    expect(closes("const load = () => import('./x.ts');")).toEqual([]);
  });
});
