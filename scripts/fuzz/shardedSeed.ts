// A sharded model that is scored in a moment, so that an index is edited thousands of times rather than its weights read.
import { readFileSync } from 'node:fs';
import { fixture } from '../../tests/support/localFiles.ts';
import { safetensorsBytes } from '../../tests/support/safetensorsBytes.ts';

const FOLDER = 'llama-gqa-sharded-f16';
const INDEX = 'model.safetensors.index.json';
const [WIDTH, INNER, VOCABULARY, HEADS, KEY_HEADS] = [8, 4, 2, 4, 2];

/** The oracle's index and tensors in its shards, each only a few numbers wide. */
export function shardedSeed() {
  const read = (name: string) => readFileSync(`${fixture('oracle', FOLDER)}/${name}`);
  const index = read(INDEX);
  const { weight_map: map } = JSON.parse(index.toString()) as { weight_map: Record<string, string> };
  const shards = [...new Set(Object.values(map))].map((path) => ({
    path,
    bytes: safetensorsBytes(
      Object.keys(map)
        .filter((name) => map[name] === path)
        .map((name, at) => tensor(name, at)),
    ),
  }));
  const config = {
    ...JSON.parse(read('config.json').toString()),
    ...{ hidden_size: WIDTH, intermediate_size: INNER, vocab_size: VOCABULARY },
    ...{ num_attention_heads: HEADS, num_key_value_heads: KEY_HEADS },
  };
  return {
    ...{ name: `${FOLDER}/${INDEX}`, path: INDEX, bytes: new Uint8Array(index) },
    others: [...shards, { path: 'config.json', bytes: new Uint8Array(Buffer.from(JSON.stringify(config))) }],
  };
}

function tensor(name: string, seed: number) {
  const shape = shapeOf(name);
  const count = shape.reduce((product, side) => product * side);
  const values = Uint16Array.from({ length: count }, (_, i) => 0x3000 + ((i * 37 + seed * 101) % 0xb00));
  return { name, dtype: 'F16', shape, data: new Uint8Array(values.buffer) };
}

function shapeOf(name: string): readonly number[] {
  const keys = (WIDTH / HEADS) * KEY_HEADS;
  if (/norm\.weight$/.test(name)) return [WIDTH];
  if (/[kv]_proj/.test(name)) return [keys, WIDTH];
  if (/(gate|up)_proj/.test(name)) return [INNER, WIDTH];
  if (/down_proj/.test(name)) return [WIDTH, INNER];
  return /embed|lm_head/.test(name) ? [VOCABULARY, WIDTH] : [WIDTH, WIDTH];
}
