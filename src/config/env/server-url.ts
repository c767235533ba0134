import { readAddress } from './address.ts';
import { optional } from './env.ts';
import type { ArxEnv } from './env.ts';

/**
 * ARX_SERVER_URL: the HTTP server that the command line decides through; null if it is not set. Throws
 * ConfigError.
 */
export const serverUrl = ({ source }: ArxEnv): URL | null =>
  optional(source, 'ARX_SERVER_URL', (text) => readAddress(text.trim(), { path: true }));
