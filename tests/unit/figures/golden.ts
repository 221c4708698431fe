import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../goldens');

/**
 * Compares an SVG with tests/goldens/<name>.svg. On a difference what came out lies beside it as <name>-changed.svg, to
 * be looked at. UPDATE_GOLDENS=1 writes the goldens.
 */
export function expectGolden(name: string, svg: string): void {
  const [golden, changed] = [join(FOLDER, `${name}.svg`), join(FOLDER, `${name}-changed.svg`)];
  rmSync(changed, { force: true });
  if (process.env.UPDATE_GOLDENS === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(golden, svg);
    return;
  }
  if (existsSync(golden) && readFileSync(golden, 'utf8') === svg) return;
  writeFileSync(changed, svg);
  throw new Error(
    `${name} isn't as in ${golden}: compare ${changed}, and if it is right run with UPDATE_GOLDENS=1.`,
  );
}
