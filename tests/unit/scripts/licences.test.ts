import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licenceFaults, lockedPackages, renderLicences } from '../../../scripts/licences.js';
import { projectFile } from '../../support/architecture/sourceFiles.ts';

/** A project of these packages, by folder: what the lockfile says, and what is installed. */
function project(locked: Record<string, object>, installed: Record<string, object> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'qkscope-'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...locked } }));
  for (const [folder, text] of Object.entries(installed)) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'package.json'), JSON.stringify(text));
  }
  return root;
}

const faultsOf = (root: string) => licenceFaults(lockedPackages(root), root);

describe('licences', () => {
  it('of all packages are allowed, and stand in docs/licences.md', () => {
    const packages = lockedPackages();
    expect(packages.length).toBeGreaterThan(100);
    expect(licenceFaults(packages)).toEqual([]);
    expect(projectFile('docs/licences.md')).toBe(renderLicences(packages));
  });

  it('that a page can’t be passed on with are faults; a tool may have some of them', () => {
    const root = project({
      'node_modules/image': { version: '1.0.0', license: 'LGPL-3.0-or-later' },
      'node_modules/styles': { version: '2.0.0', license: 'MPL-2.0' },
      'node_modules/tool': { version: '3.0.0', license: 'MPL-2.0', dev: true },
      'node_modules/copyleft': { version: '4.0.0', license: 'AGPL-3.0', dev: true },
      'node_modules/silent': { version: '5.0.0' },
    });
    expect(faultsOf(root)).toEqual([
      'copyleft 4.0.0 has the licence AGPL-3.0.',
      'image 1.0.0 has the licence LGPL-3.0-or-later.',
      'silent 5.0.0 has the licence unknown.',
      'styles 2.0.0 has the licence MPL-2.0.',
    ]);
  });

  it('are those of the package that is installed, whatever the lockfile says', () => {
    const root = project(
      { 'node_modules/a': { version: '1.0.0', license: 'MIT' }, 'node_modules/b': { version: '1.0.0' } },
      {
        'node_modules/a': { license: 'GPL-3.0' },
        'node_modules/b': { licenses: [{ type: 'MIT' }] },
      },
    );
    expect(faultsOf(root)).toEqual(['a 1.0.0: the lockfile has MIT, the package GPL-3.0.']);
  });

  it('are those of the package that stands in another’s place', () => {
    const root = project({
      'node_modules/sharp': { name: 'small', version: '1.0.0', license: 'MIT' },
    });
    expect(lockedPackages(root).map(({ name }) => name)).toEqual(['small']);
  });
});
