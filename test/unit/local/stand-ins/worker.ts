/**
 * Stands in for the worker: ready at once; when ended, it records which parts of the stack still
 * answer.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepts } from '../../../../src/local/ports.ts';

const {
  ARX_HOME = '',
  TEMPORAL_ADDRESS = '',
  DATABASE_URL = '',
  STAND_IN_ERROR,
  STAND_IN_SLOW,
} = process.env;

if (STAND_IN_ERROR !== undefined) {
  console.error('a last word');
  console.log(STAND_IN_ERROR);
  process.exit(2);
}
// Permanently slow: it is never ready.
if (STAND_IN_SLOW === undefined)
  console.log(
    JSON.stringify({
      ready: true,
      metricsUrl: 'http://127.0.0.1:9/metrics',
      env: Object.keys(process.env),
    }),
  );
const timer = setInterval(() => undefined, 60_000);
process.once('SIGTERM', async () => {
  const up = [await accepts(TEMPORAL_ADDRESS), await accepts(new URL(DATABASE_URL).host)];
  appendFileSync(join(ARX_HOME, 'worker-ended'), `temporal ${up[0]}, store ${up[1]}\n`);
  clearInterval(timer);
});
