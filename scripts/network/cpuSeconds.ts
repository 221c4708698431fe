// What the processor did for each part of a measurement. Linux only: it reads /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second, as Linux states times to programs. */
const TICKS = 100;

/** Seconds of processor time so far, by what this process and those it started are, and by thread in a page's process. */
export function cpuSeconds(): Record<string, number> {
  const processes = new Map<number, { command: string; parent: number; seconds: number }>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      processes.set(Number(pid), { command, ...readTimes(`/proc/${pid}`) });
    } catch {
      // It ended while we looked.
    }
  }
  const sums: Record<string, number> = {};
  for (const [pid, { command, seconds }] of processes) {
    let at = pid;
    while (at !== process.pid && at > 1) at = processes.get(at)?.parent ?? 0;
    if (at !== process.pid) continue;
    const part = pid === process.pid ? 'hub and line' : partOf(command);
    sums[part] = (sums[part] ?? 0) + seconds;
    if (part === 'renderer')
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const times = readTimes(`/proc/${pid}/task/${thread}`);
        const name = `renderer’s ${thread === String(pid) ? 'main thread' : times.name}`;
        sums[name] = (sums[name] ?? 0) + times.seconds;
      }
  }
  return sums;
}

function readTimes(folder: string) {
  // The second field, the name, is in parentheses and may hold spaces.
  const { name, rest } = /\((?<name>.*)\) (?<rest>.*)/.exec(readFileSync(`${folder}/stat`, 'utf8'))!.groups!;
  const fields = rest!.split(' ');
  return { name, parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
}

function partOf(command: string): string {
  if (command.includes('network.mojom')) return 'network process';
  return /--type=(?<type>[\w-]+)/.exec(command)?.groups?.type ?? 'browser';
}

/** In words, what came since `before`. */
export function cpuSince(before: Record<string, number>): string {
  return Object.entries(cpuSeconds())
    .map(([part, seconds]) => [part, seconds - (before[part] ?? 0)] as const)
    .filter(([, seconds]) => seconds >= 0.05)
    .map(([part, seconds]) => `${part} ${seconds.toFixed(1)}`)
    .join(', ');
}
