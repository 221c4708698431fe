// Finds Slurm for the test that runs examples/sweep.slurm in its queue, or installs it. No service is used: the test starts daemons of
// its own, in a folder of its own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { installPackages } from './debianPackages.js';

const PACKAGES = ['slurm-wlm', 'munge'];
const PROGRAMS = {
  munged: '/usr/sbin/munged',
  slurmctld: '/usr/sbin/slurmctld',
  slurmd: '/usr/sbin/slurmd',
  sbatch: '/usr/bin/sbatch',
};

/** The programs of Slurm and of munge, which signs its messages; null where one is missing. */
export function findSlurm() {
  return Object.values(PROGRAMS).every((path) => existsSync(path)) ? PROGRAMS : null;
}

export const SLURM_MISSING =
  `Slurm is missing: its test ${process.env.CI ? 'will fail' : 'is left out'}. ` +
  `Install it on Debian: ${PACKAGES.join(' ')}.`;

/** Installs Slurm where that can be done; says so where it stays missing. */
export function installSlurm() {
  if (findSlurm() === null) {
    installPackages(...PACKAGES);
    // Where systemd runs, the packages start their services. Nobody asked for these.
    if (findSlurm() !== null && existsSync('/run/systemd/system'))
      spawnSync('systemctl', ['disable', '--now', 'munge', 'slurmctld', 'slurmd'], { stdio: 'ignore' });
  }
  if (findSlurm() === null) console.log(SLURM_MISSING);
}
