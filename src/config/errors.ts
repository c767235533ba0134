/** The place of an error in a file. Line and column count from 1; `path` is the path of the key. */
export interface ConfigPlace {
  file?: string;
  line?: number;
  column?: number;
  path?: string;
}

/** Thrown for every error that a user can correct in files, environment or flags. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: string;
  readonly where: ConfigPlace | null;
  readonly remedy: string;
  /** Further errors in the same files, in order of their place. */
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
