// Derives which weights share a scale from the shape of the scales.
import type { TensorEntry } from '../formats/checkpoint.ts';
import { groupsFor } from './configGroups.ts';
import { describePart, elementsOf, type StoredModule } from './storedModule.ts';

/** The blocks of weights that share a scale: `rows` × `columns` each, `perRow` of them side by side. */
export interface ScaleGrid {
  readonly rows: number;
  readonly columns: number;
  readonly perRow: number;
}

/** The block size of DeepSeek-V3, which the configs of its first files give; files without a config leave it open. */
const DEFAULT_BLOCK = [128, 128] as const;

/**
 * Derives the grid of scales [out / rows, in / columns] over a weight [out, in]: one for the tensor, one per row, or
 * one per block. The config gives the blocks (weight_block_size, block_structure, group_size). Where the scales' shape
 * fits none of them, the grid divides the weight evenly (transformers, integrations/finegrained_fp8.py: "derive block
 * size from the scale grid"), and a note says so. Returns null where the shape fits in no way.
 */
export function scaleGridOf(stored: StoredModule, weight: TensorEntry, scale: TensorEntry): ScaleGrid | null {
  const { shape } = scale;
  const [out = 0, inputs = 0] = weight.shape;
  const whole = {
    rows: Math.max(out, 1),
    columns: Math.max(elementsOf(weight.shape.slice(1)), 1),
    perRow: 1,
  };
  const told = toldBlock(stored);
  const fits = (block: readonly [number, number]) =>
    shape[0] === Math.ceil(out / block[0]) && shape[1] === Math.ceil(inputs / block[1]);
  const noteUnlessTold = (grid: ScaleGrid, words: string) => {
    if (told !== null && !(Math.ceil(out / told[0]) * Math.ceil(inputs / told[1]) === elementsOf(shape)))
      stored.note(
        `${stored.where} describes scales for blocks of ${told.join(' × ')}, but the file has ${words}, which was used`,
      );
    return grid;
  };
  if (elementsOf(shape) === 1) return noteUnlessTold(whole, 'one scale for the tensor');
  if (weight.shape.length !== 2) return null;
  const isByRow = shape[0] === out && shape.slice(1).every((size) => size === 1);
  if (isByRow) return noteUnlessTold({ rows: 1, columns: inputs, perRow: 1 }, 'one scale for each row');
  if (shape.length !== 2) return null;
  const known =
    told !== null && fits(told) ? told : told === null && fits(DEFAULT_BLOCK) ? DEFAULT_BLOCK : null;
  if (known === DEFAULT_BLOCK)
    stored.note('no config gives the blocks of its scales, so blocks of 128 × 128 were used, which fit');
  if (known !== null) return { rows: known[0], columns: known[1], perRow: shape[1]! };
  const [rows, columns] = [out / shape[0]!, inputs / shape[1]!];
  // One row of scales over all rows could equally apply to the columns.
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows === out) return null;
  stored.note(
    `${told === null ? `${stored.where} doesn’t give the blocks of its scales` : `${stored.where} describes scales for blocks of ${told.join(' × ')}, which don’t fit`}, so blocks of ${rows} × ${columns} were used, into which ${describePart('the scales’ shape', scale)} divides the weight`,
  );
  return { rows, columns, perRow: shape[1]! };
}

function toldBlock({ config, module }: StoredModule): readonly [number, number] | null {
  const told = config.weight_block_size;
  if (Array.isArray(told) && told.length === 2 && told.every((size) => Number.isInteger(size) && size > 0))
    return [told[0], told[1]];
  const { schemes } = groupsFor(module, config);
  const [scheme] = schemes;
  if (scheme === undefined || schemes.length > 1) return null;
  return scheme.block ?? (scheme.groupSize === null ? null : [1, scheme.groupSize]);
}
