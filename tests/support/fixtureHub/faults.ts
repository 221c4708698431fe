// What may go wrong at the fixture hub.
import type { PlannedFault } from './plannedFault.ts';

/** What may go wrong. Numbers count down: so many requests are answered so. */
export interface Faults {
  ignoreRange?: boolean;
  truncate?: number;
  reset?: number;
  slowMs?: number;
  /** Signed URLs are refused after this many uses. */
  expireAfter?: number;
  hideContentRange?: boolean;
  /** So many answers to ranges of more than 1000 bytes from elsewhere than the file's start aren't what was asked for. */
  otherRange?: { how: OtherRange; times: number };
  changeEtag?: boolean;
  tooMany?: number;
  serverError?: number;
  cdnOptions?: boolean;
  /** The CDN refuses so many valid ranges, as it did once. */
  cdnForbids?: number;
  /** The revision whose commit main names now, instead of its own. */
  mainMovedTo?: string;
  /** Files are answered for where the client takes xet file infos, as the hub does of late. */
  xetInfo?: boolean;
  /** What befalls the requests that come, one after the other; null: nothing. */
  plan?: (PlannedFault | null)[];
  /** Entries in a page of a file tree, 1000 unless told. */
  treePage?: number;
}

export type OtherRange =
  /** 206 without Content-Range. */
  | 'unstated'
  | 'starred'
  | 'total starred'
  /** Says so, and sends it. */
  | 'shifted'
  /** Sends it, and says nothing. */
  | 'shifted unstated'
  | 'multipart'
  | 'packed'
  | 'longer'
  | 'whole'
  /** The range, with an ETag that isn't the file's. */
  | 'other etag'
  /** The range, of a file that is a byte longer. */
  | 'other size'
  /** What a proxy says in the file's place. */
  | 'web page'
  /** An error that doesn't last. */
  | 'no range';
