import type { ConventionChoice } from '../weights/convention.ts';
import type { LinkMetric, LinkPalette, LinkPanel, LinkScale, LinkSort } from './vocabulary.ts';

/** Where a linked model is to be had. */
export type LinkedSource =
  /** `revision`: the first 12 hex digits of the commit, or what someone wrote by hand; null means main. */
  | { readonly kind: 'hub'; readonly repo: string; readonly revision: string | null }
  /** `fingerprint`: the first 16 hex digits of the SHA-256 over its headers; `name` is for people alone. */
  | { readonly kind: 'local'; readonly fingerprint: string; readonly name: string }
  | { readonly kind: 'sample'; readonly name: string };

/** How query and key heads are divided where the user chose it, by the key of the stack's split. */
export type LinkedSplits = Readonly<Record<string, { readonly heads: number; readonly kvHeads: number }>>;

export interface LinkedModel {
  readonly source: LinkedSource;
  /** The stack that is looked at; the first one where it is left out. */
  readonly stack?: string | undefined;
  readonly splits?: LinkedSplits | undefined;
  /** The weight file that was chosen among several. */
  readonly weights?: string | undefined;
  /** The scores themselves (linkScores.ts). */
  readonly scores?: string | undefined;
}

export interface LinkedHead {
  readonly layer: number;
  readonly head: number;
}

/** The ends of a scale that was locked. */
export interface LinkedEnds {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
}

/** What differs from the defaults of how the maps are shown. */
export interface LinkedView {
  readonly metric?: LinkMetric | undefined;
  readonly scale?: LinkScale | LinkedEnds | undefined;
  readonly palette?: LinkPalette | undefined;
  readonly sort?: LinkSort | undefined;
  readonly panel?: LinkPanel | undefined;
  readonly pinned?: LinkedHead | undefined;
  readonly compared?: readonly LinkedHead[] | undefined;
  readonly convention?: ConventionChoice | undefined;
}

/** What a link's fragment says. It names no server, no token and no script: there are no such keys. */
export interface PageLink {
  /** Of none, the sample is meant; the second is compared with the first. */
  readonly models: readonly LinkedModel[];
  readonly view: LinkedView;
}
