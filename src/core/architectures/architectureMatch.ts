// The types of a match between a registry row and a checkpoint's tensor names.
import type { Architecture, Tower } from './architecture.ts';
import type { Role } from './nameIndex.ts';

/** Two tensors that fit the same role of one block: neither is preferred to the other. */
export interface NameClash {
  readonly names: readonly [string, string];
}

/** The names of the tensors of one stored attention block, by role. */
export interface StoredBlock {
  /**
   * The free numbers of its names: [layer], [stage, layer] or [group, inner]; empty in a model of one unnumbered layer.
   */
  readonly numbers: readonly number[];
  readonly names: ReadonlyMap<Role, string>;
  readonly clash?: NameClash;
}

export interface TowerMatch {
  readonly tower: Tower;
  /** The part of its names before the template: wrappers and prefixes. Two models in one file differ by it. */
  readonly stem: string;
  /** The blocks, in the order of their numbers. */
  readonly blocks: readonly StoredBlock[];
  /** Tensors that determine heads and belong to no layer, by role. */
  readonly shared: ReadonlyMap<Role, string>;
}

export interface ArchitectureMatch {
  readonly architecture: Architecture;
  readonly towers: readonly TowerMatch[];
  /** The number of blocks that have both Q and K. */
  readonly scorable: number;
}
