// Reads the parts that GPTQ and AWQ share: qweight, qzeros and scales.
import type { TensorEntry } from '../formats/checkpoint.ts';
import { rulesFor } from './moduleRules.ts';
import { areNumbers, type DescribedModule, describePart, type StoredModule } from './storedModule.ts';

/** The parts of a module that GPTQ or AWQ packed. */
export interface PackedParts {
  readonly qweight: TensorEntry;
  readonly qzeros: TensorEntry;
  readonly scales: TensorEntry;
}

/**
 * The direction in which integers are packed: along the inputs ("gptq", [in · bits / 32, out]) or along the outputs
 * ("awq", [in, out · bits / 32]).
 */
export type PackedLayout = 'gptq' | 'awq';

/**
 * Derives the layout of qweight from its shape and that of scales [groups, out]: GPTQ's qweight has as many columns as
 * scales, AWQ's an eighth of them (4 bits). The two exclude each other, whatever the sizes. Returns null where it is
 * neither.
 */
export function packedLayout({ parts }: DescribedModule): PackedLayout | null {
  const [columns, out] = [parts.get('qweight')?.shape[1], parts.get('scales')?.shape[1]];
  if (columns === undefined || out === undefined || columns === 0) return null;
  return columns === out ? 'gptq' : columns * 8 === out ? 'awq' : null;
}

/** Returns the three parts, or the reason why they don't fit the method. */
export function packedParts({ parts }: StoredModule, method: string): PackedParts | string {
  const [qweight, qzeros, scales] = [parts.get('qweight')!, parts.get('qzeros'), parts.get('scales')!];
  if (qzeros === undefined)
    return `is quantised by ${method} without zero points (qzeros), which QKScope doesn’t decode`;
  const isKnown =
    [qweight, qzeros].every(({ dtype, shape }) => dtype === 'I32' && shape.length === 2) &&
    scales.shape.length === 2 &&
    areNumbers(scales);
  return isKnown
    ? { qweight, qzeros, scales }
    : `is quantised by ${method}, but QKScope doesn’t know its parts: ${describeParts({ qweight, qzeros, scales })}`;
}

export function describeParts({ qweight, qzeros, scales }: PackedParts, order?: TensorEntry): string {
  const all: [string, TensorEntry][] = [
    ['qweight', qweight],
    ['qzeros', qzeros],
    ['scales', scales],
    ...(order === undefined ? [] : ([['g_idx', order]] as [string, TensorEntry][])),
  ];
  return all.map(([part, entry]) => describePart(part, entry)).join(', ');
}

/**
 * Reads bits and groups from the config; null where the config doesn't give them. It adds a note on rules that don't
 * fit what is stored.
 */
export function toldOf(stored: StoredModule): { bits: number | null; group: number | null } {
  const { config, excludedBy, unread } = rulesFor(stored.module, stored.config);
  if (excludedBy !== null)
    stored.note(
      `${stored.where} says that it isn’t quantised (dynamic "${excludedBy}"), but the file stores it quantised, and so it was read`,
    );
  if (unread !== null)
    stored.note(
      `${stored.where} has a rule that QKScope can’t evaluate (dynamic "${unread.slice(0, 80)}"), so the shapes decided`,
    );
  const number = (value: unknown) => (typeof value === 'number' && value > 0 ? value : null);
  const isTold = excludedBy === null && unread === null;
  return { bits: isTold ? number(config.bits) : null, group: isTold ? number(config.group_size) : null };
}
