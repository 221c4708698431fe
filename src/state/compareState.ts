import type { WireError } from '../core/errors.ts';
import type { CheckpointFolders, HubRef, ModelChoice, RevisionFiles } from '../core/repos/index.ts';
import type { ByteCounts } from '../core/result/index.ts';
import type { AppState, ModelState } from './appState.ts';
import type { CachedModel } from './keptModel.ts';

/** The branches and tags of one repository on the hub. */
export interface RefsState {
  readonly repo: string;
  readonly hubUrl: string;
  readonly status: 'reading' | 'done' | 'failed';
  readonly list: readonly HubRef[];
  readonly error: WireError | null;
}

/** One revision, checkpoint or recorded step. Of what was scored only results stay: kilobytes, never weights. */
export interface SeriesCheckpoint {
  /** "step1000", "checkpoint-500". */
  readonly label: string;
  /** Of training; null where its name doesn't tell. */
  readonly step: number | null;
  readonly choice: ModelChoice;
  /** The commit that the hub said it is. */
  readonly commit: string | null;
  /** stale: was scored under another convention, head split or choice of weights than its model has now. */
  readonly status: 'waiting' | 'stale' | 'running' | 'done' | 'failed';
  readonly scored: CachedModel | null;
  readonly error: WireError | null;
}

/** The points of one model on the page, in their order; the chosen one takes its place. */
export interface SeriesTrack {
  /** Its model's seat on the page. */
  readonly slot: number;
  readonly name: string;
  /** Under which word all its points are scored (seriesTracks.ts). */
  readonly configKey: string;
  /** Its scores are a training run's record: there are no weights to score anew. */
  readonly isRecorded: boolean;
  readonly checkpoints: readonly SeriesCheckpoint[];
}

export interface SeriesState {
  /** What its points count: "step", "epoch"; "revision" where they count nothing. */
  readonly unit: string;
  /** cancelled: what was scored stays, the rest can go on. */
  readonly status: 'running' | 'done' | 'cancelled';
  /** One for each model that has a series; tracks have equally many points, at the same steps. */
  readonly tracks: readonly SeriesTrack[];
  /** The point that the map shows; null while it shows what was opened. */
  readonly shownIndex: number | null;
  /** Bytes of the point that is being read. */
  readonly bytes: ByteCounts | null;
  /** Whether summaries take points in that are marked as another's copy, or as a jump. */
  readonly includesMarked?: boolean;
}

/** What the hub says of the weight files of a repository's revisions: their hashes, no byte of a weight. */
export interface RevisionFilesState {
  readonly repo: string;
  readonly hubUrl: string;
  readonly status: 'reading' | 'done' | 'cancelled';
  /** Of how many commits it is asked. */
  readonly total: number;
  /** The commit that main names; null where there is no such branch. */
  readonly mainCommit: string | null;
  readonly byCommit: ReadonlyMap<string, RevisionFiles>;
  /** Why some couldn't be listed. */
  readonly failed: ReadonlyMap<string, WireError>;
}

/** A dropped folder of checkpoints, of which the user is to say what is meant. */
export interface PendingFolder {
  readonly found: CheckpointFolders;
  /** In place of all that is on the page, or beside the first model. */
  readonly target: 'page' | 'beside';
}

/** What stands on the page for its models alone. */
export type ModelsPage = Pick<AppState, 'panel' | 'folder' | 'pinned' | 'cursor' | 'compared' | 'series'> &
  Partial<Pick<AppState, 'metric' | 'scatter' | 'benchmark'>>;

/** Models that are off the page while others are opened in their place: they come back if none of those gets a map. */
export interface ReplacedModels {
  /** Keys of the openings in their place. */
  readonly keys: readonly number[];
  readonly models: readonly ModelState[];
  /** What comes back with them. */
  readonly page: Partial<ModelsPage>;
}

/** What was opened last and came to no map, so that the page went back to the maps before: it can be tried again. */
export interface FailedOpening {
  /** Failed or cancelled, all of them. */
  readonly openings: readonly ModelState[];
  /** Keys of the models that came back, whose place they take when they are tried again. */
  readonly insteadOf: readonly number[];
  readonly page: Partial<Pick<AppState, 'panel' | 'folder'>>;
}
