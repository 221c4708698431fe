// Lists the tensors and bytes that a head was read from.
import type { HeadsIn } from '../architectures/layout.ts';
import type { TensorUse } from '../result/index.ts';
import type { LayerPlan, WeightUse } from '../weights/layerPlan.ts';
import { kvHeadOf } from '../weights/layerWeights.ts';

/** A tensor that a head comes from, and where its bytes lie. */
export interface DetailTensor {
  readonly name: string;
  readonly dtype: string;
  /** The part of the tensor that is used, in words; absent where all of it is. */
  readonly rows?: string;
  /** The file. */
  readonly source: string;
  /** Bytes of the file, end exclusive: the head's own where they are one run, else what was read for it. */
  readonly begin: number;
  readonly end: number;
}

/** Returns where a head's numbers are stored. `tensors` are its layer's, as the result names them. */
export function headTensors(plan: LayerPlan, head: number, tensors: readonly TensorUse[]): DetailTensor[] {
  const { source, heads, kvHeads } = plan.layout;
  const stored: DetailTensor[] = [];
  const isOwn = (use: WeightUse) =>
    source.kind === 'direct' && (use.weight === source.q.weight || use.weight === source.k.weight);
  if (source.kind === 'direct') {
    stored.push(...rowsOfHead(plan, source.q, head, `head ${head}’s Wq`));
    const kvHead = kvHeadOf(head, heads, kvHeads);
    stored.push(
      ...rowsOfHead(
        plan,
        source.k,
        kvHead,
        `${kvHeads < heads ? `key head ${kvHead}` : `head ${head}`}’s Wk`,
      ),
    );
  }
  const others = plan.uses
    .filter((use) => !isOwn(use))
    .flatMap((use) => {
      const rows = tensors.find(({ name }) => name === use.weight.name)?.rows;
      return use.ranges.map((range) => placed(use, range, rows));
    });
  return [...stored, ...others];
}

function rowsOfHead(plan: LayerPlan, part: HeadsIn, head: number, what: string): DetailTensor[] {
  const use = plan.uses.find(({ weight }) => weight === part.weight)!;
  const first = part.first[head]!;
  const rows = `${part.features} ${first} to ${first + plan.layout.dHead - 1} are ${what}`;
  const { rowBytes } = use.weight;
  const [range] = use.ranges;
  if (part.features === 'rows' && rowBytes !== undefined && use.rows !== null && range !== undefined) {
    const begin = range.begin + (first - use.rows.from) * rowBytes;
    return [placed(use, { ...range, begin, end: begin + plan.layout.dHead * rowBytes }, rows)];
  }
  return use.ranges.map((used) => placed(use, used, rows));
}

function placed(
  { weight }: WeightUse,
  { entry, begin, end }: WeightUse['ranges'][number],
  rows: string | undefined,
): DetailTensor {
  const place = { source: entry.source.name, begin, end };
  return { name: weight.name, dtype: weight.dtype, ...(rows === undefined ? {} : { rows }), ...place };
}
