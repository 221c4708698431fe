// A Slurm cluster of one node: daemons of its own in a folder of its own, which end with the test.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findSlurm, SLURM_MISSING } from '../../scripts/slurm.js';

const run = promisify(execFile);

export interface SlurmNode {
  /** Runs a program as a user of the cluster in a folder. @returns what it prints */
  command(cwd: string, program: string, ...args: string[]): Promise<string>;
  /** Ends jobs and daemons. */
  stop(): Promise<void>;
}

/** Starts after so long or not at all; it was up after half a second on an idle machine. */
const START_MS = 60_000;
/** How long a daemon may take to end before it is killed. */
const END_MS = 5_000;

/** @param folder an empty one in a place that every user may enter: munge asks for that */
export async function startSlurm(folder: string, cpus: number): Promise<SlurmNode> {
  const programs = findSlurm();
  if (programs === null) throw new Error(SLURM_MISSING);
  chmodSync(folder, 0o755);
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'key'), randomBytes(128), { mode: 0o600 });
  const config = join(folder, 'slurm.conf');
  writeFileSync(config, slurmConf(folder, cpus, await freePorts(2)));
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
    HOME: folder,
    SLURM_CONF: config,
    npm_config_update_notifier: 'false',
  };
  const command: SlurmNode['command'] = async (cwd, program, ...args) =>
    (await run(program, args, { cwd, env })).stdout;

  const daemons: ChildProcess[] = [];
  const start = (program: string, ...args: string[]) => {
    const log = join(folder, `${basename(program)}.log`);
    const output = openSync(log, 'a');
    // The kernel ends a daemon whose parent is gone, also where the test was killed.
    const words = ['--pdeathsig', 'TERM', program, ...args];
    const daemon = spawn('setpriv', words, { env, stdio: ['ignore', output, output] });
    closeSync(output);
    daemons.push(daemon);
    return { log, isRunning: () => daemon.exitCode === null && daemon.signalCode === null };
  };
  const until = async (
    isReady: () => boolean | Promise<boolean>,
    { log, isRunning }: ReturnType<typeof start>,
  ) => {
    const end = Date.now() + START_MS;
    while (!(await isReady())) {
      if (!isRunning() || Date.now() > end)
        throw new Error(`Slurm didn't start. ${log} ends: ${readFileSync(log, 'utf8').slice(-2000)}`);
      await delay(50);
    }
  };
  async function stop(): Promise<void> {
    // Only what the controller still knows of is ended by it; without it there is nothing to cancel.
    await command(folder, 'scancel', '--user', userInfo().username).catch(() => '');
    for (let left = 50; left > 0 && (await command(folder, 'squeue', '-h').catch(() => '')) !== ''; left--)
      await delay(100);
    for (const daemon of daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      const timer = setTimeout(() => daemon.kill('SIGKILL'), END_MS);
      await ended;
      clearTimeout(timer);
    }
  }
  try {
    const munged = start(programs.munged, '--foreground', ...mungeOptions(folder));
    await until(() => existsSync(join(folder, 'socket')), munged);
    const controller = start(programs.slurmctld, '-D');
    start(programs.slurmd, '-D');
    const isIdle = async () =>
      (await command(folder, 'sinfo', '-h', '-o', '%t').catch(() => '')).trim() === 'idle';
    await until(isIdle, controller);
  } catch (error) {
    await stop();
    throw error;
  }
  return { command, stop };
}

const mungeOptions = (folder: string) =>
  Object.entries({ 'key-file': 'key', socket: 'socket', 'pid-file': 'munge.pid', 'seed-file': 'seed' }).map(
    ([option, name]) => `--${option}=${join(folder, name)}`,
  );

/** A node's file, in the words of slurm.conf(5). A job that is requeued waits for `cred_expire`: 2 minutes unless told. */
function slurmConf(folder: string, cpus: number, [control, node]: readonly number[]): string {
  const host = hostname().split('.')[0]!;
  const user = userInfo().username;
  return `ClusterName=qkscope
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${control}
SlurmdPort=${node}
AuthType=auth/munge
AuthInfo=socket=${folder}/socket,cred_expire=15
SlurmUser=${user}
SlurmdUser=${user}
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=5
MpiDefault=none
ReturnToService=2
MailProg=/bin/true
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmdParameters=config_overrides
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=8000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

/** Ports that were free just now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  return Promise.all(
    servers.map(async (server) => {
      if (!server.listening) await once(server, 'listening');
      const address = server.address();
      const closed = once(server, 'close');
      server.close();
      await closed;
      return typeof address === 'object' && address !== null ? address.port : 0;
    }),
  );
}
