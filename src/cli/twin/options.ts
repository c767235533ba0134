/** The options of the verbs of `arx twin`. */

/** Formats of a list, and of the profile. */
export const FORMATS = ['table', 'json', 'csv', 'md'] as const;
export const PROFILE_FORMATS = ['md', 'html', 'json'] as const;

/** Options of every verb of `arx twin`. */
export interface TwinOptions {
  config?: string;
  local?: boolean;
  org?: string;
  out?: string;
  json?: boolean;
}

/** Options of the lists; each list uses some of them. */
export interface ListOptions extends TwinOptions {
  format?: (typeof FORMATS)[number];
  limit?: number;
  history?: string;
  kind?: string[];
  severity?: string[];
  closed?: boolean;
  rule?: string;
  status?: string[];
  mfa?: string[];
  privileged?: boolean;
  gone?: boolean;
  signOn?: string[];
  text?: string;
  changes?: boolean;
}

/** Options of `arx twin profile`. */
export interface ProfileOptions extends TwinOptions {
  format?: (typeof PROFILE_FORMATS)[number];
}
