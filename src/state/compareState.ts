import type { HubRef, WireError } from '../core/index.ts';

/** The branches and tags of one repository on the hub. */
export interface RefsState {
  readonly repo: string;
  readonly hubUrl: string;
  readonly status: 'reading' | 'done' | 'failed';
  readonly list: readonly HubRef[];
  readonly error: WireError | null;
}
