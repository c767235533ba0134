import type { StoreTransaction } from './types.ts';

/** Something found. */
export interface SearchHit {
  kind: 'user' | 'group' | 'app' | 'gap' | 'event' | 'fact';
  /** Id of the user, group or app; of a gap its subject; uuid of an event; key of a fact. */
  id: string;
  label: string;
  detail: string;
}

/** A piece of the index, made by `SearchParts`. */
export interface SearchPart {
  /** The terms of its entries, in lower case. */
  body: string;
  /** Its entries as JSON. */
  entries: string;
}

export interface TwinSearchRepository {
  /** Replaces the index of an org. */
  rebuild(tx: StoreTransaction, org: string, parts: readonly SearchPart[]): Promise<void>;
  /** What contains the text, without regard to case: beginnings first. At most 200 characters of it count. */
  find(org: string, text: string, limit: number): Promise<SearchHit[]>;
}
