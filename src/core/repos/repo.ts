import type { ByteSource } from '../bytes/byteSource.ts';
import type { WeightSet } from './weightSets.ts';

/** Where a model comes from, as the user chose it. Structured-cloneable: it crosses into the worker. */
export type ModelChoice =
  | {
      readonly kind: 'hub';
      readonly repo: string;
      readonly revision?: string | undefined;
      readonly weights?: WeightChoice | undefined;
    }
  | {
      readonly kind: 'local';
      readonly files: readonly LocalFile[];
      readonly weights?: WeightChoice | undefined;
      /** One of a folder of checkpoints: what is read of it is hashed, so that copies are found. */
      readonly isCheckpoint?: boolean | undefined;
    }
  | { readonly kind: 'sample'; readonly name: string; readonly baseUrl: string };

/** Which of a repository's weights the user wants: a set's id, and the revision where it isn't the one asked for. */
export interface WeightChoice {
  /** The set's id or one of its files; "*Q4_K_M*.gguf": the GGUF file of that quantisation. */
  readonly path: string;
  readonly revision?: string | undefined;
}

/** A picked or dropped file; path is relative to the dropped folder ("sub/model.safetensors"), or its name. */
export interface LocalFile {
  readonly path: string;
  readonly blob: Blob;
}

/** What a repository says of itself, shown in titles, the status line and exports. */
export interface RepoIdentity {
  readonly source: 'hub' | 'local' | 'sample';
  /** "google-bert/bert-large-uncased", a file name, or the sample's name. */
  readonly id: string;
  readonly revision?: string | undefined;
  /** The commit that every read is pinned to. */
  readonly sha?: string | undefined;
  /** Sentences for the user: a renamed repository, weights taken from refs/pr/1. */
  readonly notes: readonly string[];
}

/** A set of named files, one model's. */
export interface Repo {
  readonly identity: RepoIdentity;
  /** Paths inside the repository. */
  readonly paths: readonly string[];
  /** The weights that are read. */
  readonly chosen: WeightSet;
  /** The path by which the user chose them: of loose files, one model's among several. */
  readonly asked?: string | undefined;
  /** All that could be read instead, the chosen one among them. */
  readonly weightSets: readonly { readonly set: WeightSet; readonly revision?: string | undefined }[];
  /** @throws QKError 'file-not-found' and network codes */
  open(path: string, signal?: AbortSignal): Promise<ByteSource>;
  /** SHA-256, hex, over what was read of the weights until now (contentHash.ts); absent where nobody asked for it. */
  contentHash?(): Promise<string | null>;
}
