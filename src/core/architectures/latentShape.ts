// Derives the sizes of multi-head latent attention from the shapes of its factors.
import type { Weight } from '../quantisation/weight.ts';
import type { ConfigReader } from './configReader.ts';
import { isCount } from './configReader.ts';
import type { HeadNumbers } from './headSplit.ts';
import type { BlockShape, Fault, LatentFactors } from './layout.ts';
import type { Role } from './nameIndex.ts';

/**
 * Derives the sizes of multi-head latent attention from the factors' shapes: kvRank = columns of kv_b, rope = rows of
 * kv_a over kvRank, and, with o_proj [d, H · v] present, H · nope = rows(kv_b) − H · v and H · rope = rows(q) − H ·
 * nope, which gives H. Without o_proj, config.json gives the heads. (DeepSeek-V2, arXiv:2405.04434, section 2.1;
 * modeling_deepseek_v2.py.)
 */
export function latentShape(
  of: (role: Role) => Weight | undefined,
  numbers: HeadNumbers,
  config: ConfigReader,
): BlockShape | Fault {
  const [q, qA, qB, kvA] = [of('q'), of('qA'), of('qB'), of('kvA')!];
  const kvB = of('kvB');
  const kB = of('kB');
  const expanded = q ?? qB!;
  const keys = kB ?? kvB!;
  const flat = [expanded, kvA, ...(qA === undefined ? [] : [qA]), ...(kvB === undefined ? [] : [kvB])];
  for (const { name, shape } of flat) {
    if (shape.length !== 2 || shape.some((size) => size === 0))
      return fault(`${name} has the shape [${shape.join(', ')}], not that of a matrix.`);
  }
  if (kB !== undefined && kB.shape.length !== 3)
    return fault(`${kB.name} has the shape [${kB.shape.join(', ')}], not that of [heads, rank, dh].`);
  const qRows = expanded.shape[0]!;
  const dModel = kvA.shape[1]!;
  const kvRank = keys.shape[1]!;
  const rope = kvA.shape[0]! - kvRank;
  const width = of('o')?.shape[1];
  const byShapes = kB?.shape[0] ?? headsByShapes(qRows, kvB, width, rope);
  const told = numbers.heads?.kind === 'count' ? numbers.heads : undefined;
  const heads = byShapes ?? told?.value;
  if (heads === undefined)
    return fault('Neither a config nor an output projection gives the number of heads of these factors.');
  const nope = qRows / heads - rope;
  const kvRowsPerHead = kB === undefined ? kvB!.shape[0]! / heads : null;
  const qInputs = (q ?? qA)!.shape[1];
  const isConsistent =
    rope >= 0 &&
    Number.isInteger(nope) &&
    nope > 0 &&
    (kvRowsPerHead === null
      ? kB!.shape[2] === nope
      : Number.isInteger(kvRowsPerHead) && kvRowsPerHead >= nope) &&
    qInputs === dModel &&
    (q !== undefined || qA!.shape[0] === qB!.shape[1]);
  if (!isConsistent) {
    return fault(
      `The low-rank factors don't fit together with ${heads} heads: ${[q, qA, qB, kvA, keys].flatMap((weight) => (weight === undefined ? [] : [`${weight.name} [${weight.shape.join(', ')}]`])).join(', ')}.`,
    );
  }
  for (const [key, value] of [
    ['qk_nope_head_dim', nope],
    ['qk_rope_head_dim', rope],
    ['kv_lora_rank', kvRank],
  ] as const) {
    const said = config.get(key);
    if (isCount(said) && said !== value)
      return fault(`The config says ${key} ${said}, but the shapes of the factors imply ${value}.`);
  }
  const factors: LatentFactors = {
    kind: 'latent',
    q: q ?? { a: qA!, norm: of('qNorm') ?? null, b: qB! },
    kv: { a: kvA, norm: of('kvNorm') ?? null, b: keys },
    kvRank,
    nope,
    rope,
    kvRowsPerHead,
  };
  return {
    rows: { qRows, kRows: qRows },
    dModel,
    split: { heads, kvHeads: heads },
    options: () => [{ heads, kvHeads: heads, dHead: qRows / heads }],
    allows: (split) => split.heads === heads && split.kvHeads === heads,
    place: () => factors,
  };
}

function headsByShapes(
  qRows: number,
  kvB: Weight | undefined,
  width: number | undefined,
  rope: number,
): number | undefined {
  if (kvB === undefined || width === undefined || rope <= 0) return undefined;
  const heads = (qRows - (kvB.shape[0]! - width)) / rope;
  return Number.isInteger(heads) && heads > 0 ? heads : undefined;
}

function fault(reason: string): Fault {
  return { code: 'layout-mismatch', reason };
}
