import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Installs packages, on Debian as root; says so where it can't. */
export function installPackages(...packages) {
  if (!isDebian() || process.getuid?.() !== 0) return;
  const apt = (...args) =>
    execFileSync('apt-get', args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
  } catch (error) {
    console.log(`The package ${packages[0]} couldn't be installed (${error.message}).`);
  }
}

function isDebian() {
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
