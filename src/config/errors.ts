/**
 * Where in which file something is wrong; line and column count from 1, `path` is the key's path.
 */
export interface ConfigPlace {
  file?: string;
  line?: number;
  column?: number;
  path?: string;
}

/** Thrown for everything a user can put right in files, environment or flags. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: string;
  readonly where: ConfigPlace | null;
  readonly remedy: string;
  /** Further errors of the same files, in their order. */
  readonly others: readonly ConfigError[];
  constructor(
    code: string,
    message: string,
    remedy: string,
    where: ConfigPlace | null = null,
    others: readonly ConfigError[] = [],
  ) {
    super(message);
    this.code = code;
    this.remedy = remedy;
    this.where = where;
    this.others = others;
  }
}
