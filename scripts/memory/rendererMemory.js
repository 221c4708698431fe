// What our browser's renderer processes take of memory. Linux only: it reads /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** True for a process that this one started, directly or not. */
function isOurs(pid) {
  for (let at = pid; at > 1; ) {
    if (at === process.pid) return true;
    // The second field, the name, is in parentheses and may hold spaces.
    at = Number(
      readFileSync(`/proc/${at}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[1],
    );
  }
  return false;
}

/** Anonymous and shared memory of our browser's renderer processes, bytes. */
export function rendererBytes() {
  let sum = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer') || !isOurs(Number(pid)))
        continue;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      sum += ['RssAnon', 'RssShmem'].reduce(
        (total, key) => total + 1024 * Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0),
        0,
      );
    } catch {
      // It ended while we looked.
    }
  }
  return sum;
}

/** Beside three layers' Q and K; of what comes over a network the browser holds more until it is collected. */
const MARGIN_BYTES = { disk: 96e6, network: 256e6 };
const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

/** Runs `open`, and says the peak beside its bound: three layers' Q and K plus a fixed margin by where they come from. */
export async function measurePeak(name, layerBytes, from, open) {
  const before = rendererBytes();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, rendererBytes());
  }, 20);
  const told = await open();
  clearInterval(timer);
  const margin = MARGIN_BYTES[from];
  const bound = 3 * layerBytes + margin;
  const isWithin = peak - before <= bound;
  console.log(
    `${name}: peak ${mb(peak - before)} above the idle page's ${mb(before)}; bound ${mb(bound)} (three layers' Q and K of ${mb(layerBytes)}, plus ${mb(margin)}): ${isWithin ? 'within' : 'OVER'}; ${told}`,
  );
  if (!isWithin) process.exitCode = 1;
}
