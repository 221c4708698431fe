// The flag --map: which tensors are Q and K, as `q=…,k=…,orientation=…,heads=…`.
import { InvalidArgumentError } from 'commander';
import { ORIENTATIONS, type Orientation } from '../core/architectures/architecture.ts';
import { FUSED_SPLITS, type FusedSplit } from '../core/architectures/fusedSplit.ts';
import type { Mapping } from '../core/architectures/mapping.ts';

export const MAP_HELP = `qkscope score MODEL --map 'q=PATTERN,k=PATTERN,orientation=ORDER,heads=N'

Says which tensors are Q and K, where the files don't.

  q, k         the tensors' names, with {layer} where the layer's number stands:
               blocks.{layer}.attn.q.weight. The same name for both where one tensor holds queries, keys and values
  orientation  the order of their axes: out_in (rows are output features, as nn.Linear's), in_out (Conv1D's), or, of
               three-dimensional tensors, head_in_dim, head_dim_in or in_head_dim
  split        of one tensor for both: concat (all queries, all keys, all values), per-head, per-group or mp-qvk
  heads        N, or N/K where N heads share K key heads
`;

/**
 * Reads the flag.
 * @throws InvalidArgumentError saying what is missing or can't be
 */
export function parseMap(text: string): Mapping {
  const parts = text.split(',').map((part) => part.trim());
  const values = new Map<string, string>();
  for (const part of parts) {
    const [, name, value] = /^(q|k|orientation|split|heads)=(.+)$/.exec(part) ?? [];
    if (name === undefined || value === undefined)
      throw new InvalidArgumentError(`“${part}” is none of q=, k=, orientation=, split=, heads=`);
    values.set(name, value);
  }
  const q = values.get('q');
  const k = values.get('k') ?? q;
  if (q === undefined || k === undefined) throw new InvalidArgumentError('q=PATTERN is missing');
  const orientation = choice<Orientation>('orientation', values.get('orientation'), ORIENTATIONS);
  const isFused = q === k;
  if (isFused && !values.has('split'))
    throw new InvalidArgumentError(`one tensor for both needs split=${FUSED_SPLITS.join('|')}`);
  const split = choice<FusedSplit>('split', values.get('split') ?? 'concat', FUSED_SPLITS);
  const [, heads, kvHeads] = /^(\d{1,5})(?:\/(\d{1,5}))?$/.exec(values.get('heads') ?? '') ?? [];
  if (heads === undefined)
    throw new InvalidArgumentError('heads=N is missing: the number of query heads, or N/K');
  return { q, k, orientation, split, heads: Number(heads), kvHeads: Number(kvHeads ?? heads) };
}

function choice<T extends string>(name: string, value: string | undefined, among: readonly T[]): T {
  const found = among.find((one) => one === value);
  if (found === undefined) throw new InvalidArgumentError(`${name}= is one of ${among.join(', ')}`);
  return found;
}

/** The flag's value for a mapping whose heads are still to be said. */
export function mapText({
  q,
  k,
  orientation,
  split,
  heads,
}: Pick<Mapping, 'q' | 'k' | 'orientation' | 'split'> & { readonly heads: string }): string {
  return [
    `q=${q}`,
    ...(k === q ? [] : [`k=${k}`]),
    `orientation=${orientation}`,
    ...(k === q ? [`split=${split}`] : []),
    `heads=${heads}`,
  ].join(',');
}
