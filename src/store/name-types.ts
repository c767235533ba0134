/** A person, group or app that a check or a sync has read. */
export interface NamedThing {
  kind: 'user' | 'group' | 'app';
  id: string;
  /** Login of a user, name of a group, label of an app. */
  name: string;
}

/** Names of ids, as they were last read. They are kept in the store only. */
export interface NameReader {
  /** The names that are known of these ids, by id. */
  ofIds(ids: readonly string[]): Promise<Map<string, NamedThing>>;
  /** Everything with exactly this login, e-mail address or name; upper and lower case are alike. */
  find(name: string): Promise<NamedThing[]>;
}

/** What can be named by the beginning of its id. */
export type Referable = 'run' | 'request' | 'flow run' | 'sync' | 'audit entry';

/** Finds things by the beginning of their ids. */
export interface ReferenceReader {
  /**
   * Up to `limit` ids that begin with this text, newest first; for an audit entry, those of its hash
   * count, and its index is returned.
   */
  startingWith(what: Referable, beginning: string, limit: number): Promise<string[]>;
}
