// Parses the names under which adapters store their tensors.
import { adapterKindOf } from './adapterKinds.ts';

/** A tensor by which an adapter changes one module. */
export interface AdapterPart {
  /** The module's path as it is in the file: "base_model.model.model.layers.0.self_attn.q_proj". */
  readonly module: string;
  /** The tensor's role; 'saved' means a weight that replaces the module's weight (modules_to_save). */
  readonly role: 'A' | 'B' | 'magnitude' | 'ia3' | 'saved';
  /** The adapter's name in the dump of a wrapped model ("default"); null in an adapter's file, which omits it. */
  readonly adapter: string | null;
}

const ROLES = {
  lora_A: 'A',
  lora_B: 'B',
  lora_magnitude_vector: 'magnitude',
  ia3_l: 'ia3',
} as const satisfies Readonly<Record<string, AdapterPart['role']>>;

/**
 * peft's names (utils/save_and_load.py): `module.lora_A.weight` in an adapter's file, `module.lora_A.default.weight` in
 * a wrapped model's state dict; a parameter that isn't a module has no `.weight` (`ia3_l`, DoRA's magnitudes).
 */
const PART =
  /^(?<module>.+)\.(?<part>lora_A|lora_B|lora_magnitude_vector|ia3_l)(?:\.(?!weight$)(?<adapter>[^.]+))?(?:\.weight)?$/;
const SAVED = /^(?<module>.+)\.modules_to_save\.(?<adapter>[^.]+)\.weight$/;

/** Parses a tensor's name; returns null for a tensor that changes no module's weight. */
export function parseAdapterName(name: string): AdapterPart | null {
  const saved = SAVED.exec(name)?.groups;
  if (saved !== undefined) return { module: saved.module!, role: 'saved', adapter: saved.adapter! };
  const part = PART.exec(name)?.groups;
  if (part === undefined || adapterKindOf(name) === null) return null;
  return {
    module: part.module!,
    role: ROLES[part.part as keyof typeof ROLES],
    adapter: part.adapter ?? null,
  };
}

/** Tells whether a tensor belongs to an adapter rather than to the model. */
export function isAdapterName(name: string): boolean {
  return SAVED.test(name) || adapterKindOf(name) !== null;
}

/**
 * Returns the parameter that an adapter's tensor changes: "x.q_proj.weight" for "x.q_proj.lora_A.default.weight". Null
 * for other tensors.
 */
export function adaptedWeightName(name: string): string | null {
  const part = parseAdapterName(name);
  return part === null ? null : `${part.module}.weight`;
}
