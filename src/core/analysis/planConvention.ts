import type { ArchitectureCandidates } from '../architectures/chooseArchitecture.ts';
import { createConfigReader } from '../architectures/configReader.ts';
import { gainTemplates } from '../architectures/folds.ts';
import type { LayerLayout, StackLayout } from '../architectures/layout.ts';
import { parseName, parseTemplate } from '../architectures/nameTemplates.ts';
import { QKError } from '../errors.ts';
import type { Checkpoint } from '../formats/checkpoint.ts';
import type { ConventionChoice } from '../weights/convention.ts';
import { type PlannedFold, planFold } from '../weights/planFold.ts';

/** Whether a tensor may be a gain that a convention folds: the shard that holds it must be opened. */
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

export interface FoldedStack {
  readonly stack: StackLayout;
  readonly folds: ReadonlyMap<LayerLayout, PlannedFold | null>;
}

/**
 * The stacks as a convention leaves them: a layer that it can't be applied to is skipped with its reason, and nothing is
 * scored as if it had been.
 * @throws QKError 'convention-unavailable' when it can't be applied to any layer
 */
export function foldStacks(stacks: readonly StackLayout[], choice: ConventionChoice): FoldedStack[] {
  const folded = stacks.map((stack): FoldedStack => {
    const folds = new Map<LayerLayout, PlannedFold | null>();
    const skipped = [...stack.skipped];
    for (const layout of stack.layers) {
      const fold = planFold(layout, choice);
      if (typeof fold === 'string')
        skipped.push({ layer: layout.layer, code: 'convention-unavailable', reason: fold });
      else folds.set(withPositionNote(layout, fold), fold);
    }
    return {
      stack: { ...stack, layers: [...folds.keys()], skipped: skipped.sort((a, b) => a.layer - b.layer) },
      folds,
    };
  });
  const refusal = folded
    .flatMap(({ stack }) => stack.skipped)
    .find(({ code }) => code === 'convention-unavailable');
  if (refusal !== undefined && folded.every(({ folds }) => folds.size === 0)) {
    throw new QKError('convention-unavailable', `This convention can't be applied here: ${refusal.reason}`, {
      hint: 'Go back to raw weights.',
    });
  }
  return folded;
}

function withPositionNote(layout: LayerLayout, fold: PlannedFold | null): LayerLayout {
  if (fold?.rotation?.rotation.dims !== 0) return layout;
  const note = 'Without positions: nothing turns in this layer, and r is that of Δ = 0.';
  return { ...layout, note: layout.note === undefined ? note : `${layout.note} ${note}` };
}
