/**
 * Entry point of the emulated S3 store: takes its options as JSON, prints its URL in one line of
 * JSON, and runs until its parent ends.
 */

import { endWithParent } from '../../src/parent.ts';
import { serveS3 } from './server.ts';
import type { S3Options } from './server.ts';

endWithParent();
const { url } = await serveS3(JSON.parse(process.argv[2] ?? '{}') as S3Options);
process.stdout.write(`${JSON.stringify({ url })}\n`);
