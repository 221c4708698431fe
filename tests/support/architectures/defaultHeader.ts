import type { Shapes } from './answerFor.ts';
import type { ArchitectureRecord, RecordNumber, RecordTower } from './records.ts';
import { evaluate, type Sizes } from './sizes.ts';

export interface DefaultTower {
  readonly heads: readonly number[];
  readonly shapes: Shapes;
}

/** One block (of each stage) of a tower as its class makes it from an empty config.json, with the heads that it has then. */
export function defaultTower(tower: RecordTower): DefaultTower {
  const { config, split } = tower;
  const counts = missing(config.num_heads) as number | readonly number[];
  const heads = typeof counts === 'number' ? [counts] : counts;
  const shapes = heads.map((count, stage) => {
    // Swin's stages double their width.
    const sizes = sizesOf(tower, count, Number(missing(config.hidden_size)) * 2 ** stage);
    const numbers: Record<string, number> = { stage, layer: 0, group: 0, inner: 0 };
    return Object.fromEntries(
      Object.entries(tower.tensors)
        .filter(([role]) => role !== 'q_direct')
        .map(([, { key, shape }]) => [
          tower.prefixes[0] + key.replace(/\{(\w+)\}/g, (_, slot: string) => String(numbers[slot])),
          shape.map((formula) =>
            /multi_query|GQA/.test(formula) ? (sizes.H + 2 * sizes.G) * sizes.dh : evaluate(formula, sizes),
          ),
        ]),
    );
  });
  if (split.type === 'mla') Object.assign(shapes[0]!, latentOutput(tower, heads[0]!));
  return { heads, shapes: Object.assign({}, ...shapes) };
}

/** The output projection, which takes heads · v: with it the factors' shapes tell the heads. */
function latentOutput(tower: RecordTower, heads: number): Shapes {
  const { H, d, v_head_dim } = sizesOf(tower, heads, Number(missing(tower.config.hidden_size)));
  return { [`${tower.prefixes[0]}layers.0.self_attn.o_proj.weight`]: [d, H * v_head_dim] };
}

/** The scopes of its towers, empty. */
export function emptyConfig(record: ArchitectureRecord): Record<string, unknown> {
  const scopes = record.towers.flatMap(({ config: { scope } }) => (scope === null ? [] : [[scope, {}]]));
  return { model_type: record.model_type, ...Object.fromEntries(scopes) };
}

function missing(number: RecordNumber | undefined): unknown {
  return number?.missing;
}

function sizesOf({ config, split, tensors, input_dim }: RecordTower, H: number, d: number): Sizes {
  const number = (field: string) => Number(missing(config[field] as RecordNumber | undefined));
  const told = missing(config.head_dim);
  const dh =
    typeof told === 'number' ? told : told === '2*hidden_size/num_heads' ? (2 * d) / H : Math.floor(d / H);
  const isSquare = Object.values(tensors).some(({ shape }) => shape.includes('3*d'));
  const kvHeads = missing(config.num_kv_heads);
  // Falcon and GPT-BigCode are multi-query unless told otherwise; interleaved heads know no groups.
  const isMultiQuery = missing(config.multi_query as RecordNumber | undefined) === true;
  const isInterleaved = split.type === 'variant' && config.multi_query_attention !== undefined;
  const G = isMultiQuery ? 1 : isSquare || isInterleaved || typeof kvHeads !== 'number' ? H : kvHeads;
  return {
    d,
    d_in: input_dim ? 2 * d : d,
    H,
    G,
    dh,
    qk_nope: number('qk_nope_head_dim'),
    qk_rope: number('qk_rope_head_dim'),
    q_lora_rank: number('q_lora_rank'),
    kv_lora_rank: number('kv_lora_rank'),
    v_head_dim: number('v_head_dim'),
  };
}
