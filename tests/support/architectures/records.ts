import { readFileSync } from 'node:fs';
import { fixture } from '../localFiles.ts';

/** Where config.json has a number; a dotted key is nested. */
export interface RecordNumber {
  readonly keys: readonly string[];
  readonly missing?: unknown;
}

export interface RecordSplit {
  readonly type: string;
  readonly variants?: readonly {
    readonly when: Readonly<Record<string, boolean>>;
    readonly split: RecordSplit;
    readonly num_kv_heads: number | string;
  }[];
}

export interface RecordTower {
  readonly name: string;
  readonly attention: string;
  readonly prefixes: readonly string[];
  readonly split: RecordSplit;
  readonly tensors: Readonly<
    Record<string, { readonly key: string; readonly shape: readonly string[]; readonly orientation?: string }>
  >;
  readonly config: { readonly scope: string | null } & Readonly<Record<string, RecordNumber>>;
  readonly alternate_keys?: readonly Readonly<Record<string, string>>[];
  readonly input_dim?: boolean;
}

/** One model type, as looked up in its modelling files by others than the registry's authors. */
export interface ArchitectureRecord {
  readonly model_type: string;
  readonly status: 'supported' | 'no_attention' | 'composite';
  readonly towers: readonly RecordTower[];
  readonly delegates?: readonly { readonly config_scope: string; readonly prefixes: readonly string[] }[];
}

/** `later.json`: the types of 2025 and 2026. */
export const RECORDS = ['architectures.json', 'later.json'].flatMap(
  (file) => JSON.parse(readFileSync(fixture('architectures', file), 'utf8')) as readonly ArchitectureRecord[],
);

export function recordOf(modelType: string): ArchitectureRecord {
  return RECORDS.find((record) => record.model_type === modelType)!;
}
