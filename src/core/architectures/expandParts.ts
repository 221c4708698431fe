import type { Architecture, Part, Tower } from './architecture.ts';
import { isObject, valueAt } from './configReader.ts';

/**
 * A model made of models (LLaVA: a text model and a vision model) as one row: its towers are those of the rows that its
 * nested configs name, under its own prefixes. A part of an unknown type has no towers here.
 */
export function expandParts(
  row: Architecture,
  config: Readonly<Record<string, unknown>> | null,
  rows: readonly Architecture[],
): Architecture {
  if (row.parts === undefined) return row;
  const towers = row.parts.flatMap((part) => {
    const inner = findRow(rows, typeOf(part, config));
    return inner === undefined || inner === row ? [] : towersOfPart(part, inner);
  });
  return { ...row, towers: [...row.towers, ...towers] };
}

/** The row of a model type. */
export function findRow(rows: readonly Architecture[], modelType: string | null): Architecture | undefined {
  if (modelType === null) return undefined;
  return rows.find(({ id }) => id === modelType) ?? rows.find(({ aliases }) => aliases?.includes(modelType));
}

function typeOf({ scope, missing }: Part, config: Readonly<Record<string, unknown>> | null): string | null {
  const nested = valueAt(config, scope);
  const type = isObject(nested) ? nested.model_type : undefined;
  return typeof type === 'string' ? type : (missing ?? null);
}

function towersOfPart({ scope, modality, prefixes }: Part, inner: Architecture): Tower[] {
  const isOurs = ({ stack }: Tower) => stack.startsWith(`${modality}.`);
  // CLIP's own row has a text and a vision tower; as a part of another model it is one of them.
  const chosen = inner.towers.some(isOurs) ? inner.towers.filter(isOurs) : inner.towers;
  return chosen.map((tower) => ({
    ...tower,
    stack: isOurs(tower) ? tower.stack : `${modality}.${tower.stack}`,
    // The inner model is saved bare or under its own prefix: encoder.layer…, encoder.bert.encoder.layer….
    prefixes: [
      ...new Set(prefixes.flatMap((outer) => ['', ...tower.prefixes].map((inner) => outer + inner))),
    ],
    config: { ...tower.config, scope },
  }));
}
