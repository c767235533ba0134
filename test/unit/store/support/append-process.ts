/**
 * A process that appends: `append-process DATABASE_URL TAG COUNT`. Migrates first; prints each
 * acknowledged id on a separate line after its append has resolved.
 */
import { openStore } from '../../../../src/store/open.ts';
import { draftOf } from '../../../support/audit.ts';

const [databaseUrl = '', tag = '', count = '0'] = process.argv.slice(2);
const LANES = 8;

const store = await openStore({ databaseUrl, maxConnections: 3 });
await store.migrate();
let next = 0;
const lane = async (): Promise<void> => {
  while (next < Number(count)) {
    const draft = draftOf({ subject: `${tag}-${next++}`, sequence: 0 });
    const receipts = await store.journal.append([draft, draftOf({ subject: 'shared' })]);
    process.stdout.write(receipts.map(({ id }) => `${id}\n`).join(''));
  }
};
await Promise.all(Array.from({ length: LANES }, lane));
await store.close();
