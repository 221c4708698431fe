// The interface of a repository: a set of named files that make up one model.
import type { ByteSource } from '../bytes/byteSource.ts';
import type { WeightSet } from './weightSets.ts';

/**
 * The place that a model comes from, as the user chose it. It is structured-cloneable, since it crosses into the
 * worker.
 */
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
      /** True for one of a folder of checkpoints: what is read of it is hashed, so that copies are found. */
      readonly isCheckpoint?: boolean | undefined;
    }
  | { readonly kind: 'sample'; readonly name: string; readonly baseUrl: string };

/** The weights of a repository that the user wants: a set's id, with the revision where it isn't the requested one. */
export interface WeightChoice {
  /** The set's id or one of its files; "*Q4_K_M*.gguf" means the GGUF file of that quantisation. */
  readonly path: string;
  readonly revision?: string | undefined;
}

/** A picked or dropped file; its path is relative to the dropped folder ("sub/model.safetensors"), or is its name. */
export interface LocalFile {
  readonly path: string;
  readonly blob: Blob;
}

/** The identity of a repository, as titles, the status line and exports show it. */
export interface RepoIdentity {
  readonly source: 'hub' | 'local' | 'sample';
  /** "google-bert/bert-large-uncased", a file name, or the sample's name. */
  readonly id: string;
  readonly revision?: string | undefined;
  /** The commit that every read is pinned to. */
  readonly sha?: string | undefined;
  /** When the hub says that the repository was made, ISO 8601 in UTC; absent where nothing says it. */
  readonly published?: string | undefined;
  /** Sentences for the user about a renamed repository, or weights read from refs/pr/1. */
  readonly notes: readonly string[];
}

/** A set of named files that belong to one model. */
export interface Repo {
  readonly identity: RepoIdentity;
  /** The paths of all files in the repository. */
  readonly paths: readonly string[];
  /** The weights that are read. */
  readonly chosen: WeightSet;
  /** The path by which the user chose the weights: among loose files it selects one of several models. */
  readonly asked?: string | undefined;
  /** All weights that could be read instead, including the chosen ones. */
  readonly weightSets: readonly { readonly set: WeightSet; readonly revision?: string | undefined }[];
  /** Opens a file by its path. @throws QKError 'file-not-found' and network codes */
  open(path: string, signal?: AbortSignal): Promise<ByteSource>;
  /**
   * Returns the SHA-256, in hex, over the weights' bytes that were read so far (contentHash.ts); absent unless it was
   * requested.
   */
  contentHash?(): Promise<string | null>;
}
