import type { Architecture, Tower } from './architecture.ts';
import type { Role } from './nameIndex.ts';

/** Two tensors that answer one role of one block: neither is taken for the other. */
export interface NameClash {
  readonly names: readonly [string, string];
}

/** One attention block as it is stored: the names of its tensors, by role. */
export interface StoredBlock {
  /**
   * The free numbers of its names: [layer], [stage, layer] or [group, inner]; none in a model of one unnumbered
   * layer.
   */
  readonly numbers: readonly number[];
  readonly names: ReadonlyMap<Role, string>;
  readonly clash?: NameClash;
}

export interface TowerMatch {
  readonly tower: Tower;
  /** What stands before the template in its names: wrappers, prefixes. Two models in one file differ by it. */
  readonly stem: string;
  /** By their numbers, in order. */
  readonly blocks: readonly StoredBlock[];
  /** Tensors that tell heads and have no layer of their own, by role. */
  readonly shared: ReadonlyMap<Role, string>;
}

export interface ArchitectureMatch {
  readonly architecture: Architecture;
  readonly towers: readonly TowerMatch[];
  /** Blocks that have both Q and K. */
  readonly scorable: number;
}
