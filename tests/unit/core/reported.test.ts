import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AnalysisEvent } from '../../../src/core/analysis/events.ts';
import { analyseLocal, lastOf } from '../../support/analyseLocal.ts';
import { multiply, type Rows, ratioOf, rowsOf, transpose } from '../../support/explicitForm.ts';
import { fixture } from '../../support/localFiles.ts';
import { readSafetensors } from '../../support/readTensors.ts';
import { REPORTED, REPORTED_CASES } from '../../support/reported/cases.ts';

const open = ({ files, paths }: (typeof REPORTED_CASES)[number]): Promise<AnalysisEvent[]> =>
  analyseLocal(files.map((path, at) => ({ path, blob: new Blob([readFileSync(paths[at]!)]) })));
const caseOf = (file: string) => REPORTED_CASES.find((entry) => entry.file === file)!;

/** r of each head by explicit M = Wq Wkᵀ, the heads as rows of the two weights; each group of query heads meets one key head. */
function ratios(q: Rows, k: Rows, heads: number, kvHeads: number): number[] {
  const dh = q.length / heads;
  return Array.from({ length: heads }, (_, head) => {
    const key = Math.floor((head * kvHeads) / heads);
    return ratioOf(
      multiply(transpose(q.slice(head * dh, (head + 1) * dh)), k.slice(key * dh, (key + 1) * dh)),
    );
  });
}

describe('files that were reported to other tools', () => {
  it('every one has its outcome', () => {
    expect(REPORTED_CASES.map(({ file }) => file).sort()).toEqual(Object.keys(REPORTED).sort());
  });

  it.each(REPORTED_CASES.map((entry) => [entry.file, entry] as const))('%s', async (file, entry) => {
    const outcome = REPORTED[file]!;
    const events = await open(entry);
    if (outcome.kind === 'question') {
      const { question } = lastOf(events, 'question');
      expect(question.why).toBe(outcome.words);
      expect(question.kind === 'heads' ? question.candidates : question.groups).not.toEqual([]);
      return;
    }
    if (outcome.kind === 'refusal') {
      const { error } = lastOf(events, 'failed');
      expect([error.message, error.hint]).toEqual([outcome.words, outcome.hint]);
      return;
    }
    const { result } = lastOf(events, 'done');
    if (outcome.words !== undefined) expect(result.notes.join('\n')).toMatch(outcome.words);
    expect(new Set(result.stacks.map(({ name }) => name)).size).toBe(result.stacks.length);
    const { layers } = result.stacks[0]!;
    expect(layers).not.toEqual([]);
    for (const { layer, skipped } of layers) {
      const hatched = outcome.hatched?.[layer];
      if (hatched === undefined) expect(skipped, `layer ${layer}`).toBeUndefined();
      else expect(skipped?.reason).toMatch(hatched);
    }
    for (const [layer, wanted] of Object.entries(entry.expected_r ?? {})) {
      const { heads } = layers.find((row) => row.layer === Number(layer))!;
      expect(heads).toHaveLength(wanted.length);
      // The manifest's values have six digits.
      for (const [head, r] of wanted.entries())
        expect(Math.abs(heads[head]!.r! - r), `layer ${layer} head ${head}`).toBeLessThan(1e-6);
    }
  });
});

describe('reported files whose values follow from explicit M', () => {
  it('Gemma 3n: layers that share keys meet those of the last unshared layer of their kind', async () => {
    const tensors = readSafetensors(fixture('reported', 'gemma3n-kv-shared-layers', 'model.safetensors'));
    const rows = (layer: number, role: 'q' | 'k') => {
      const { shape, values } = tensors.get(`model.layers.${layer}.self_attn.${role}_proj.weight`)!;
      return rowsOf(values, shape[1]!);
    };
    const { result } = lastOf(await open(caseOf('gemma3n-kv-shared-layers/')), 'done');
    // modeling_gemma3n.py: layers 2 and 3 are shared; 2 slides as 0 does, 3 is full as 1 is.
    for (const [layer, source] of [0, 1, 0, 1].entries()) {
      const wanted = ratios(rows(layer, 'q'), rows(source, 'k'), 4, 2);
      expect(result.stacks[0]!.layers[layer]!.heads).toHaveLength(4);
      for (const [head, { r }] of result.stacks[0]!.layers[layer]!.heads.entries())
        expect(r).toBeCloseTo(wanted[head]!, 9);
      if (source !== layer)
        expect(result.stacks[0]!.layers[layer]!.note).toMatch(`meet the keys of layer ${source}`);
    }
  });

  it('Kimi Linear: the layer of latent attention by its factors', async () => {
    const tensors = readSafetensors(fixture('reported', 'kimi-linear-hybrid', 'model.safetensors'));
    const of = (name: string) => {
      const { shape, values } = tensors.get(`model.layers.3.self_attn.${name}.weight`)!;
      return shape.length === 1 ? [values] : rowsOf(values, shape[1]!);
    };
    const [q, kvA, [gain], kvB] = [
      of('q_proj'),
      of('kv_a_proj_with_mqa'),
      of('kv_a_layernorm'),
      of('kv_b_proj'),
    ];
    const [nope, rope, v, rank] = [8, 4, 8, 8];
    const latent = kvA!.slice(0, rank).map((row, i) => row.map((value) => value * gain![i]!));
    const { result } = lastOf(await open(caseOf('kimi-linear-hybrid/')), 'done');
    const { heads } = result.stacks[0]!.layers[3]!;
    expect(heads).toHaveLength(4);
    for (const [head, { r }] of heads.entries()) {
      const wq = q!.slice(head * (nope + rope), (head + 1) * (nope + rope));
      const kNope = multiply(kvB!.slice(head * (nope + v), head * (nope + v) + nope), latent);
      const wk = [...kNope, ...kvA!.slice(rank)];
      expect(r).toBeCloseTo(ratioOf(multiply(transpose(wq), wk)), 8);
    }
  });

  it('a gated layer of Qwen 3.5: each head’s queries come before its gate', async () => {
    const bytes = readFileSync(fixture('reported', 'gguf-qwen35', 'm.gguf'));
    const { result } = lastOf(await open(caseOf('gguf-qwen35/')), 'done');
    const { tensors, heads } = result.stacks[0]!.layers[3]!;
    expect(tensors.map(({ name }) => name)).toEqual(['blk.3.attn_q.weight', 'blk.3.attn_k.weight']);
    const f32 = ggufFloats(bytes);
    const [q, k] = [rowsOf(f32('blk.3.attn_q.weight'), 32), rowsOf(f32('blk.3.attn_k.weight'), 32)];
    const dh = k.length / 2;
    const queries = Array.from({ length: 4 }, (_, head) =>
      q.slice(2 * head * dh, (2 * head + 1) * dh),
    ).flat();
    const wanted = ratios(queries, k, 4, 2);
    expect(heads).toHaveLength(4);
    for (const [head, { r }] of heads.entries()) expect(r).toBeCloseTo(wanted[head]!, 9);
  });
});

/** F32 tensors of a GGUF file by name: the tests' own look at its list of tensors (ggml/docs/gguf.md), from the first one on. */
function ggufFloats(file: Buffer, first = 'blk.0.attn_qkv.weight'): (name: string) => number[] {
  const places = new Map<string, { count: number; offset: number }>();
  let at = file.indexOf(first) - 8;
  for (let left = Number(file.readBigUInt64LE(8)); left > 0; left--) {
    const length = Number(file.readBigUInt64LE(at));
    const name = file.toString('latin1', at + 8, at + 8 + length);
    at += 8 + length;
    const rank = file.readUInt32LE(at);
    const shape = Array.from({ length: rank }, (_, axis) => Number(file.readBigUInt64LE(at + 4 + 8 * axis)));
    at += 4 + 8 * rank;
    if (file.readUInt32LE(at) !== 0) throw new Error(`${name} isn't F32`);
    const count = shape.reduce((product, size) => product * size, 1);
    places.set(name, { count, offset: Number(file.readBigUInt64LE(at + 4)) });
    at += 12;
  }
  const data = Math.ceil(at / 32) * 32;
  return (name) => {
    const { count, offset } = places.get(name)!;
    return Array.from({ length: count }, (_, i) => file.readFloatLE(data + offset + 4 * i));
  };
}
