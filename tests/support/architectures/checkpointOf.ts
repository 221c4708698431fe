import { type ExpectedLayer, generateTower } from './generate.ts';
import type { ArchitectureRecord, RecordNumber, RecordTower } from './records.ts';
import { type Sizes, sizesFor } from './sizes.ts';
import type { Matrix } from './slices.ts';

export interface ExpectedStack {
  readonly name: string;
  readonly layers: readonly ExpectedLayer[];
}

/** A made-up checkpoint of a model type, and what must be read from it. */
export interface MadeCheckpoint {
  readonly label: string;
  readonly config: Record<string, unknown>;
  readonly tensors: readonly Matrix[];
  readonly stacks: readonly ExpectedStack[];
}

/** The product's names for the record's towers. */
const STACKS: Readonly<Record<string, string>> = {
  encoder: 'encoder.self',
  decoder_self: 'decoder.self',
  decoder_cross: 'decoder.cross',
  text: 'text.self',
  text_decoder: 'text.self',
  text_cross: 'text.cross',
  vision: 'vision.self',
  vision_global: 'vision.global',
  audio: 'audio.self',
  predictor: 'predictor.self',
  encoder_local: 'self',
  encoder_global: 'self.global',
};

/** One checkpoint for each variant, each prefix, and each other set of names that the record has. */
export function checkpointsOf(record: ArchitectureRecord): MadeCheckpoint[] {
  // ChatGLM's two towers are two models of one type.
  const models = record.model_type === 'chatglm' ? record.towers.map((tower) => [tower]) : [record.towers];
  return models.flatMap((towers) => {
    const variants = towers[0]!.split.variants ?? [undefined];
    const prefixes = Math.max(...towers.map((tower) => tower.prefixes.length));
    const isLatent = towers[0]!.split.type === 'mla';
    return variants.flatMap((variant) => [
      ...(isLatent ? [made(record, towers, { prefix: 0, variant, direct: true })] : []),
      ...Array.from({ length: prefixes }, (_, at) => made(record, towers, { prefix: at, variant })),
      ...(towers[0]!.alternate_keys ?? []).map((names) =>
        made(record, towers, { prefix: 0, variant, names }),
      ),
    ]);
  });
}

type Variant = NonNullable<RecordTower['split']['variants']>[number];

function made(
  record: ArchitectureRecord,
  towers: readonly RecordTower[],
  options: {
    readonly prefix: number;
    readonly variant: Variant | undefined;
    readonly names?: Readonly<Record<string, string>>;
    readonly direct?: boolean;
  },
): MadeCheckpoint {
  const { variant, names, direct = false } = options;
  const config: Record<string, unknown> = { model_type: record.model_type };
  const stacks: ExpectedStack[] = [];
  const tensors: Matrix[] = [];
  towers.forEach((tower, at) => {
    const split = names?.q === undefined ? (variant?.split ?? tower.split) : { type: 'separate' };
    const kvHeads = variant?.num_kv_heads === 1 ? 1 : undefined;
    const sizes = sizesFor(tower, split, kvHeads);
    const prefix = tower.prefixes[options.prefix % tower.prefixes.length]!;
    const own = names?.q === undefined || tower.tensors.q !== undefined ? tower : asSeparate(tower);
    const generated = generateTower({
      tower: own,
      split,
      sizes,
      prefix,
      ...(names === undefined ? {} : { names }),
      direct,
      seed: 100 * at + options.prefix,
    });
    tensors.push(...generated.tensors);
    stacks.push({
      name: towers.length === 1 ? 'self' : STACKS[tower.name]!,
      layers: generated.layers,
    });
    writeConfig(config, tower, sizes, variant);
  });
  const label = [
    record.model_type,
    variant === undefined ? '' : JSON.stringify(variant.when),
    direct ? 'queries not compressed' : '',
    names === undefined ? `prefix "${towers[0]!.prefixes[options.prefix] ?? ''}"` : 'other names',
  ];
  return { label: label.filter((part) => part !== '').join(', '), config, tensors, stacks };
}

/** The names of transformers 5 hold q and k apart also where the file had them fused. */
function asSeparate(tower: RecordTower): RecordTower {
  const projection = { key: '', shape: ['H*dh', 'd_in'], orientation: 'out_in' };
  return { ...tower, tensors: { q: projection, k: { ...projection, shape: ['G*dh', 'd_in'] } } };
}

/** The record's keys with the sizes, in its scope. */
function writeConfig(
  config: Record<string, unknown>,
  tower: RecordTower,
  sizes: Sizes,
  variant: Variant | undefined,
): void {
  const scope = tower.config.scope;
  const target = (scope?.split('.') ?? []).reduce((object, key) => {
    object[key] ??= {};
    return object[key] as Record<string, unknown>;
  }, config);
  const isStaged = tower.tensors.q?.key.includes('{stage}') ?? false;
  const values: Record<string, unknown> = {
    num_layers: isStaged ? [1, 1] : 2,
    num_heads: isStaged ? [2, sizes.H] : sizes.H,
    // Falcon-7B says 71 key heads and has one: what it says is wrong on purpose.
    num_kv_heads: variant?.num_kv_heads === 1 ? sizes.H : sizes.G,
    hidden_size: sizes.d,
    head_dim: sizes.dh,
    num_hidden_groups: 2,
    inner_group_num: 1,
    qk_nope_head_dim: sizes.qk_nope,
    qk_rope_head_dim: sizes.qk_rope,
    q_lora_rank: sizes.q_lora_rank,
    kv_lora_rank: sizes.kv_lora_rank,
    v_head_dim: sizes.v_head_dim,
    ...variant?.when,
  };
  for (const [field, value] of Object.entries(values)) {
    const key = (tower.config[field] as RecordNumber | undefined)?.keys[0];
    if (key !== undefined) setPath(target, key, value);
  }
}

function setPath(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  let at = target;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[keys.at(-1)!] = value;
}
