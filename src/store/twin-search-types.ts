import type { Attempt } from './twin-judged-types.ts';
import type { StoreTransaction } from './types.ts';

/** A search result. */
export interface SearchHit {
  kind: 'user' | 'group' | 'app' | 'gap' | 'event' | 'fact';
  /** Id of the user, group or app; subject of the gap; uuid of the event; key of the fact. */
  id: string;
  label: string;
  detail: string;
  /** Set for a user, group or app that no longer exists. */
  gone?: true;
}

/** A part of the index, built by `SearchParts`. */
export interface SearchPart {
  /** Its number in the index, from 0. */
  part: number;
  /** The terms of its entries, in lower case. */
  body: string;
  /** Its entries as JSON. */
  entries: string;
}

export interface TwinSearchRepository {
  /** Stores parts of an index that is being built; they are not searched yet. */
  add(tx: StoreTransaction, on: Attempt, parts: readonly SearchPart[]): Promise<void>;
  /** Makes the index of this attempt the one that is searched; deletes those that no sync needs. */
  turn(tx: StoreTransaction, on: Attempt): Promise<void>;
  /**
   * The entries that contain the text, ignoring case: matches at the beginning first, deleted
   * objects last. Only the first 200 characters of the text count.
   */
  find(org: string, text: string, limit: number): Promise<SearchHit[]>;
}
