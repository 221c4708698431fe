// Composes rows for models that are made of several models.
import { isJsonObject } from '../jsonValue.ts';
import { TEXT_SCOPES } from '../partWords.ts';
import type { Architecture, Part, Tower } from './architecture.ts';
import { valueAt } from './configReader.ts';

/**
 * Composes a row for a model that is made of several models (LLaVA: a text model and a vision model): its towers are
 * those of the rows that its nested configs name, under the part's prefixes. A part of an unknown type contributes no
 * towers.
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

/**
 * The nested configs of models made of several models, with the prefixes of their tensors (transformers, multimodal
 * models).
 */
const NESTED: readonly Part[] = [
  ...TEXT_SCOPES.map((scope) => ({
    scope,
    modality: 'text',
    prefixes: [
      'language_model.model.',
      'model.language_model.',
      'language_model.',
      'model.',
      'text_model.',
      'model.text_model.',
      'llm.model.',
      'llm.',
      'thinker.model.',
      '',
    ],
  })),
  ...['vision_config', 'visual_config', 'thinker_config.vision_config'].map((scope) => ({
    scope,
    modality: 'vision',
    prefixes: [
      'vision_tower.vision_model.',
      'model.vision_tower.vision_model.',
      'vision_tower.',
      'model.vision_tower.',
      'vision_model.',
      'model.vision_model.',
      'visual.',
      'model.visual.',
    ],
  })),
  ...['audio_config', 'thinker_config.audio_config'].map((scope) => ({
    scope,
    modality: 'audio',
    prefixes: ['audio_tower.', 'model.audio_tower.', 'audio_model.'],
  })),
];

/**
 * Composes a row for a multimodal type that has none, from the types that its nested configs name; returns undefined
 * where it has no such config.
 */
export function composedRow(config: Readonly<Record<string, unknown>> | null): Architecture | undefined {
  const id = config?.model_type;
  const parts = NESTED.filter(({ scope }) => typeOf({ scope, modality: '', prefixes: [] }, config) !== null);
  return typeof id === 'string' && parts.length > 0 ? { id, towers: [], parts } : undefined;
}

/** Finds the row of a model type. */
export function findRow(rows: readonly Architecture[], modelType: string | null): Architecture | undefined {
  if (modelType === null) return undefined;
  return rows.find(({ id }) => id === modelType) ?? rows.find(({ aliases }) => aliases?.includes(modelType));
}

function typeOf(
  { scope, default: byDefault }: Part,
  config: Readonly<Record<string, unknown>> | null,
): string | null {
  const nested = valueAt(config, scope);
  const type = isJsonObject(nested) ? nested.model_type : undefined;
  return typeof type === 'string' ? type : (byDefault ?? null);
}

function towersOfPart({ scope, modality, prefixes }: Part, inner: Architecture): Tower[] {
  const isOurs = ({ stack }: Tower) => stack.startsWith(`${modality}.`);
  // CLIP's row has a text tower and a vision tower; as a part of another model it is one of them.
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
