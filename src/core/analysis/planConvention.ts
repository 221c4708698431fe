// Plans how a convention transforms each layer.
import type { ArchitectureCandidates } from '../architectures/chooseArchitecture.ts';
import { createConfigReader } from '../architectures/configReader.ts';
import { gainTemplates } from '../architectures/folds.ts';
import type { LayerLayout, StackLayout } from '../architectures/layout.ts';
import { parseName, parseTemplate } from '../architectures/nameTemplates.ts';
import { QKError } from '../errors.ts';
import type { Checkpoint } from '../formats/checkpoint.ts';
import type { ConventionChoice } from '../weights/convention.ts';
import { type PlannedTransform, planTransform } from '../weights/planTransform.ts';

/**
 * Returns a test for tensors that may be gains which a convention folds: the shard that holds such a one must be
 * opened.
 */
export function createGainNames(
  { own }: ArchitectureCandidates,
  config: Checkpoint['config'],
): (name: string) => boolean {
  const keys = new Set(
    (own?.towers ?? []).flatMap((tower) =>
      gainTemplates(tower.attention, createConfigReader(config, tower.config.scope)).flatMap((template) =>
        tower.prefixes.map((prefix) => parseTemplate(prefix + template).key),
      ),
    ),
  );
  return (name) => keys.has(parseName(name).key);
}

/** A stack with what the convention does to each of its layers; null: nothing. */
export interface TransformedStack {
  readonly stack: StackLayout;
  readonly transforms: ReadonlyMap<LayerLayout, PlannedTransform | null>;
}

/**
 * Plans what a convention does to every layer. A layer that can't take it is skipped with its reason, and nothing is
 * scored as if it had taken it.
 * @throws QKError 'convention-unavailable' when it can't be applied to any layer
 */
export function planTransforms(stacks: readonly StackLayout[], choice: ConventionChoice): TransformedStack[] {
  const transformed = stacks.map((stack): TransformedStack => {
    const transforms = new Map<LayerLayout, PlannedTransform | null>();
    const skipped = [...stack.skipped];
    for (const layout of stack.layers) {
      const transform = planTransform(layout, choice);
      if (typeof transform === 'string')
        skipped.push({ layer: layout.layer, code: 'convention-unavailable', reason: transform });
      else transforms.set(withPositionNote(layout, transform), transform);
    }
    return {
      stack: { ...stack, layers: [...transforms.keys()], skipped: skipped.sort((a, b) => a.layer - b.layer) },
      transforms,
    };
  });
  const refusal = transformed
    .flatMap(({ stack }) => stack.skipped)
    .find(({ code }) => code === 'convention-unavailable');
  if (refusal !== undefined && transformed.every(({ transforms }) => transforms.size === 0)) {
    throw new QKError('convention-unavailable', `This convention can't be applied here: ${refusal.reason}`, {
      hint: 'Go back to raw weights.',
    });
  }
  return transformed;
}

function withPositionNote(layout: LayerLayout, transform: PlannedTransform | null): LayerLayout {
  if (transform?.rotation?.rotation.dims !== 0) return layout;
  const note = 'Without positions: nothing turns in this layer, and r is that of Δ = 0.';
  return { ...layout, note: layout.note === undefined ? note : `${layout.note} ${note}` };
}
