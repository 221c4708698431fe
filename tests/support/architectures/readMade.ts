import type { Architecture } from '../../../src/core/architectures/architecture.ts';
import { createCandidates } from '../../../src/core/architectures/chooseArchitecture.ts';
import { inferLayout, type LayoutAnswer } from '../../../src/core/architectures/inferLayout.ts';
import { createNameIndex } from '../../../src/core/architectures/nameIndex.ts';
import { createBlobSource } from '../../../src/core/bytes/blobSource.ts';
import { unquantisedWeight } from '../../../src/core/quantisation/unquantisedWeight.ts';
import { decodeMatrix } from '../../../src/core/weights/decode.ts';
import { planLayer } from '../../../src/core/weights/layerPlan.ts';
import { kvHeadOf, type LayerWeights } from '../../../src/core/weights/layerWeights.ts';
import { readLayer } from '../../../src/core/weights/readLayer.ts';
import { viewWholeLayer } from '../../../src/core/weights/viewLayer.ts';
import { directionalityOf } from '../directionality.ts';
import { layerOf, ratioByDefinition } from '../layerWeights.ts';
import type { MadeCheckpoint } from './checkpointOf.ts';

/** Of all rows it takes a while. */
const indexes = new WeakMap<readonly Architecture[], ReturnType<typeof createNameIndex>>();

/** What QKScope makes of the tensors, by these rows. */
export function layoutMade(
  { tensors }: Pick<MadeCheckpoint, 'tensors'>,
  config: Record<string, unknown> | null,
  rows: readonly Architecture[],
): LayoutAnswer {
  const weights = new Map(
    tensors.map(({ name, shape, values }) => {
      const source = createBlobSource(name, new Blob([values as Float32Array<ArrayBuffer>]));
      const entry = { name, dtype: 'F32' as const, shape, source, begin: 0, end: values.byteLength };
      return [name, unquantisedWeight(entry)] as const;
    }),
  );
  const index = indexes.get(rows) ?? createNameIndex(rows);
  indexes.set(rows, index);
  const candidates = createCandidates(rows, index, config);
  return inferLayout({
    config,
    candidates,
    names: new Set(weights.keys()),
    weights,
    notes: [],
    configName: config === null ? null : 'config.json',
    configFault: null,
    isComplete: true,
  });
}

/** Which key head a query head meets. */
type Pairing = (head: number, heads: number, kvHeads: number) => number;

/** Where what is read differs from what the record says; empty where all is right. `pairing`: to see a wrong one found out. */
export async function differences(
  made: MadeCheckpoint,
  rows: readonly Architecture[],
  pairing: Pairing = kvHeadOf,
): Promise<string[]> {
  const answer = layoutMade(made, made.config, rows);
  if (answer.kind !== 'layout') return [`asked: ${answer.why}`];
  const { stacks } = answer.layout;
  const names = stacks.map(({ name }) => name).join(', ');
  const wanted = made.stacks.map(({ name }) => name).join(', ');
  if (names !== wanted) return [`stacks ${names} instead of ${wanted}`];
  const found: string[] = [];
  for (const [at, { name, layers }] of made.stacks.entries()) {
    const stack = stacks[at]!;
    const numbers = stack.layers.map(({ layer }) => layer).join(', ');
    if (numbers !== layers.map((_, index) => index).join(', ')) found.push(`${name}: layers ${numbers}`);
    for (const [index, want] of layers.entries()) {
      const layout = stack.layers[index];
      if (layout === undefined) continue;
      const plan = planLayer(layout);
      const buffer = new Uint8Array(plan.bufferBytes);
      await readLayer(plan, buffer, {});
      const got = await viewWholeLayer(plan, name, buffer);
      const rounding = layout.source.kind === 'latent' ? 1e-6 : 0;
      found.push(
        ...layerDifferences(got, want, pairing, rounding).map((text) => `${name} layer ${index}: ${text}`),
      );
    }
  }
  return found;
}

/** @param rounding relative to the weights, of those that were multiplied out and kept in float32 */
function layerDifferences(
  got: LayerWeights,
  want: MadeCheckpoint['stacks'][number]['layers'][number],
  pairing: Pairing,
  rounding: number,
): string[] {
  const { d, dh, kvHeads, heads } = want;
  const shape = [got.q.length, got.k.length, got.dModel, got.dHead].join();
  if (shape !== [heads.length, kvHeads, d, dh].join()) return [`shape ${shape}`];
  const wrong: string[] = [];
  const keys = got.k.map((view) => [...decodeMatrix(view)]);
  heads.forEach(({ q, k }, h) => {
    const query = [...decodeMatrix(got.q[h]!)];
    const key = keys[pairing(h, heads.length, kvHeads)]!;
    const r = ratioByDefinition(query, key, d, dh);
    const wanted = ratioByDefinition(q, k, d, dh);
    if (!(Math.abs(r - wanted) <= 1e-9 + rounding)) wrong.push(`head ${h}: r ${r} instead of ${wanted}`);
    // r can't see q and k swapped, nor their features mixed alike; the numbers themselves can.
    if (!isClose(query, q, rounding)) wrong.push(`head ${h}: Wq holds other numbers`);
    if (!isClose(key, k, rounding)) wrong.push(`head ${h}: Wk holds other numbers`);
  });
  // Changes its sign with q and k swapped. Each query head has its own key head here.
  const direction = directionalityOf(got);
  const wantedDirection = directionalityOf(
    layerOf(
      heads.map(({ q }) => q),
      heads.map(({ k }) => k),
      d,
      dh,
    ),
  );
  if (Math.abs((direction ?? 0) - (wantedDirection ?? 0)) > 1e-5)
    wrong.push(`directionality ${direction} instead of ${wantedDirection}`);
  return wrong;
}

function isClose(a: readonly number[], b: readonly number[], rounding: number): boolean {
  const largest = Math.max(...b.map(Math.abs));
  return a.length === b.length && a.every((value, at) => Math.abs(value - b[at]!) <= rounding * largest);
}
