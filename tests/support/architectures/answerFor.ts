import { createCandidates } from '../../../src/core/architectures/chooseArchitecture.ts';
import { inferLayout, type LayoutAnswer } from '../../../src/core/architectures/inferLayout.ts';
import type { ModelLayout } from '../../../src/core/architectures/layout.ts';
import { ARCHITECTURES, architectureIndex } from '../../../src/core/architectures/registry.ts';
import type { Weight } from '../../../src/core/quantisation/weight.ts';

/** Tensors by name: shapes alone, no data. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** What QKScope makes of a header. */
export function answerFor(shapes: Shapes, config: Record<string, unknown> | null): LayoutAnswer {
  const weights = new Map(
    Object.entries(shapes).map(([name, shape]): [string, Weight] => [
      name,
      { name, shape, dtype: 'F32', isQuantised: false, parts: [] },
    ]),
  );
  const candidates = createCandidates(ARCHITECTURES, architectureIndex(), config);
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

/** The same where nothing must be asked. */
export function layoutFor(shapes: Shapes, config: Record<string, unknown> | null): ModelLayout {
  const answer = answerFor(shapes, config);
  if (answer.kind !== 'layout') throw new Error(`asked (${answer.kind}): ${answer.why}`);
  return answer.layout;
}

/** Each stack's name and "heads/kvHeads×dh". */
export function stacksOf({ stacks }: ModelLayout): string[] {
  return stacks.map(({ name, shape: { heads, kvHeads, dHead } }) => `${name} ${heads}/${kvHeads}×${dHead}`);
}

/** The shapes of one layer for several: "{layer}" in names is replaced by each number. */
export function layersOf(layers: readonly number[], shapes: Shapes): Shapes {
  return Object.fromEntries(
    layers.flatMap((layer) =>
      Object.entries(shapes).map(([name, shape]) => [name.replaceAll('{layer}', String(layer)), shape]),
    ),
  );
}
