// The values of flags, read and checked.
import { InvalidArgumentError } from 'commander';
import type { LayerMetric } from '../core/inspection/index.ts';
import { MAX_THREADS } from '../library/checkOptions.ts';
import type { HeadCount } from '../library/door.ts';

/** The words of --metrics and what each measures. */
export const METRIC_FLAGS: Readonly<Record<string, LayerMetric>> = {
  'layer-score': 'score',
  directionality: 'directionality',
};

export function parseMetrics(text: string): LayerMetric[] {
  const words = text === 'all' ? Object.keys(METRIC_FLAGS) : text.split(',');
  return (
    words
      .map((word) => word.trim())
      // These are of every result.
      .filter((word) => !['r', 's', 'norm'].includes(word))
      .map((word) => {
        const metric = Object.hasOwn(METRIC_FLAGS, word) ? METRIC_FLAGS[word] : undefined;
        if (metric === undefined)
          throw new InvalidArgumentError(
            `There is no metric “${word}”; take ${Object.keys(METRIC_FLAGS).join(', ')} or all.`,
          );
        return metric;
      })
  );
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 100_000)
    throw new InvalidArgumentError('It is a whole number above 0.');
  return count;
}

export function parseThreads(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > MAX_THREADS)
    throw new InvalidArgumentError(`It is a whole number from 1 to ${MAX_THREADS}.`);
  return Number(text);
}

/** 65535 is the last one that there is. */
export function parsePort(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 65_535)
    throw new InvalidArgumentError('It is a whole number from 1 to 65535.');
  return Number(text);
}

/** "12", "32/8", or "text.self:32/8,vision.self:16" by the stacks' keys; a link of the page writes the latter so too. */
export function parseHeads(text: string): HeadCount | Record<string, { heads: number; kvHeads: number }> {
  if (!text.includes(':')) return parseSplit(text);
  return Object.fromEntries(
    text.split(',').map((part) => {
      const at = part.lastIndexOf(':');
      const { heads, kvHeads = heads } = parseSplit(part.slice(at + 1));
      return [part.slice(0, at).trim(), { heads, kvHeads }];
    }),
  );
}

function parseSplit(text: string): { heads: number; kvHeads?: number } {
  const [, heads, kvHeads] = /^\s*([1-9]\d{0,4})(?:\/([1-9]\d{0,4}))?\s*$/.exec(text) ?? [];
  if (heads === undefined)
    throw new InvalidArgumentError(`“${text}” is no number of heads: N, N/KEYHEADS, or KEY:N/KEYHEADS.`);
  return { heads: Number(heads), ...(kvHeads === undefined ? {} : { kvHeads: Number(kvHeads) }) };
}

/** The shard "i/n", counted from 0. */
export function parseShard(text: string): { index: number; count: number } {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (index === undefined || count === undefined || Number(count) < 1 || Number(index) >= Number(count))
    throw new InvalidArgumentError('It is i/n, counted from 0: 0/8 … 7/8.');
  return { index: Number(index), count: Number(count) };
}
