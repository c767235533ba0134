import type { Attempt } from './twin-judged-types.ts';
import type { StoreTransaction } from './types.ts';

/** Something found. */
export interface SearchHit {
  kind: 'user' | 'group' | 'app' | 'gap' | 'event' | 'fact';
  /** Id of the user, group or app; of a gap its subject; uuid of an event; key of a fact. */
  id: string;
  label: string;
  detail: string;
  /** Of a user, group or app that is no longer there; left out of all others. */
  gone?: true;
}

/** A piece of the index, made by `SearchParts`. */
export interface SearchPart {
  /** Its place in the index, from 0 on. */
  part: number;
  /** The terms of its entries, in lower case. */
  body: string;
  /** Its entries as JSON. */
  entries: string;
}

export interface TwinSearchRepository {
  /** Keeps parts of an index that is being made; they are not searched yet. */
  add(tx: StoreTransaction, on: Attempt, parts: readonly SearchPart[]): Promise<void>;
  /** From now on the index of this attempt is searched; drops those that no sync needs any more. */
  turn(tx: StoreTransaction, on: Attempt): Promise<void>;
  /**
   * What contains the text, without regard to case: beginnings first, what is gone last. At most
   * 200 characters of it count.
   */
  find(org: string, text: string, limit: number): Promise<SearchHit[]>;
}
