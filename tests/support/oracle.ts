import { readdirSync, readFileSync } from 'node:fs';
import { filesOf, fixture } from './localFiles.ts';

/** expected.json of an oracle case: r per head from explicit M in float64, by code that isn't ours. */
export interface Expected {
  readonly case: string;
  readonly d: number;
  readonly heads: number;
  readonly kv_heads: number;
  readonly head_dim: number;
  readonly stacks: readonly {
    readonly name: string;
    readonly layers: readonly {
      readonly index: number;
      readonly r: readonly (number | null)[];
      /** Of M summed over the layer's heads. */
      readonly r_layer: number | null;
      readonly directionality_raw_layer: number | null;
    }[];
  }[];
  /** Values that typical misreadings give. */
  readonly traps: Readonly<
    Record<string, { readonly r?: Readonly<Record<string, readonly (readonly (number | null)[])[]>> }>
  >;
}

export const ORACLE_CASES = readdirSync(fixture('oracle')).sort();

export function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(fixture('oracle', name, 'expected.json'), 'utf8')) as Expected;
}

/** The case's weights and config, as a user drops them. */
export function caseFiles(name: string) {
  return filesOf(fixture('oracle', name), (file) => file !== 'expected.json');
}
