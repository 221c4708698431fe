import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** BERT's base size: 12 layers of 12 heads. Its Q and K alone, in float16, take 28 MB. */
const SHAPE = { hidden: 768, heads: 12, layers: 12 };

/**
 * Writes folders of one checkpoint each, whose weights are random by a seed of their own, and so differ.
 * @returns the folders' paths
 */
export function makeCheckpoints(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const place = join(folder, `made-${String(at).padStart(2, '0')}`);
    mkdirSync(place, { recursive: true });
    writeCheckpoint(place, at + 1);
    return place;
  });
}

function writeCheckpoint(place: string, seed: number): void {
  const { hidden, heads, layers } = SHAPE;
  const config = {
    model_type: 'llama',
    hidden_size: hidden,
    num_attention_heads: heads,
    num_hidden_layers: layers,
  };
  writeFileSync(join(place, 'config.json'), JSON.stringify(config));
  const size = hidden * hidden * 2;
  const names = Array.from({ length: layers }, (_, layer) =>
    ['q', 'k'].map((part) => `model.layers.${layer}.self_attn.${part}_proj.weight`),
  ).flat();
  const entries = names.map((name, at) => [
    name,
    { dtype: 'F16', shape: [hidden, hidden], data_offsets: [at * size, (at + 1) * size] },
  ]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = openSync(join(place, 'model.safetensors'), 'w');
  writeSync(file, length);
  writeSync(file, header);
  const weights = new Uint16Array(hidden * hidden);
  let state = seed;
  for (let written = 0; written < names.length; written++) {
    for (let at = 0; at < weights.length; at++) {
      // xorshift32; 16 of its bits become a float16 of ±0.0625 … ±0.125.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      weights[at] = (state & 0x83ff) | (11 << 10);
    }
    writeSync(file, weights);
  }
  closeSync(file);
}
