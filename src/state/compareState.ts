import type { ByteCounts, HubRef, ModelChoice, WireError } from '../core/index.ts';
import type { KeptModel } from './resultCache.ts';

/** The branches and tags of one repository on the hub. */
export interface RefsState {
  readonly repo: string;
  readonly hubUrl: string;
  readonly status: 'reading' | 'done' | 'failed';
  readonly list: readonly HubRef[];
  readonly error: WireError | null;
}

/** One revision, checkpoint or recorded step. Of what was scored only results stay: kilobytes, never weights. */
export interface SeriesPoint {
  /** "step1000", "checkpoint-500". */
  readonly label: string;
  /** Of training; null where its name doesn't tell. */
  readonly step: number | null;
  readonly choice: ModelChoice;
  /** The commit that the hub said it is. */
  readonly commit: string | null;
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly scored: KeptModel | null;
  readonly error: WireError | null;
}

/** The points of one model on the page, in their order; the chosen one takes its place. */
export interface SeriesTrack {
  readonly modelKey: number;
  readonly name: string;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesState {
  /** What its points count: "step", "epoch"; "revision" where they count nothing. */
  readonly word: string;
  /** cancelled: what was scored stays, the rest can go on. */
  readonly status: 'running' | 'done' | 'cancelled';
  /** One for each model that has a series; tracks have equally many points, at the same steps. */
  readonly tracks: readonly SeriesTrack[];
  /** The point that the map shows; null while it shows what was opened. */
  readonly at: number | null;
  /** Bytes of the point that is being read. */
  readonly bytes: ByteCounts | null;
}

/** A dropped folder of checkpoints. */
export interface FolderState {
  readonly name: string;
  readonly pattern: string;
  readonly word: string;
  readonly checkpoints: readonly {
    readonly name: string;
    readonly step: number;
    readonly choice: Extract<ModelChoice, { kind: 'local' }>;
  }[];
  /** The model that lies beside the checkpoints. */
  readonly beside: Extract<ModelChoice, { kind: 'local' }> | null;
  /** In place of all that is on the page, or beside the first model. */
  readonly target: 'page' | 'beside';
  /** Whether the user is still to say which one is meant. */
  readonly isAsking: boolean;
}
