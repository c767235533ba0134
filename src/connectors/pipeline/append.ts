/** Appends the entries of a call. */

import { AuditUnavailableError } from '../../audit/errors.ts';
import type { AppendOptions, Journal } from '../../audit/types.ts';
import type { Recorded } from '../types.ts';
import { entryOf } from './entries.ts';
import type { EntryFacts } from './entries.ts';
import { record } from './record.ts';

interface Appender {
  journal: Journal;
  now: () => Date;
}

/** How an entry is appended; `sent` is true once the vendor may have received the call. */
interface Appending {
  requestId?: string | null;
  isOutcome?: boolean;
  sent?: boolean;
  before?: AppendOptions['before'];
}

/** Appends the entry for a step of a call. Throws AuditUnavailableError with the call. */
export async function append(
  { journal, now }: Appender,
  facts: EntryFacts,
  recorded: Recorded,
  { requestId = null, isOutcome = false, sent = false, before }: Appending = {},
): Promise<void> {
  const entry = entryOf({ ...facts, at: now().toISOString() }, recorded, requestId);
  await record(journal, entry, { isOutcome, ...(before && { before }) }).catch((error: unknown) => {
    throw errorOfCall(facts, error, { write: isOutcome, sent });
  });
}

/** With a required sink, no call is made while entries are missing there. */
export async function waitForSink({ journal }: Appender, facts: EntryFacts): Promise<void> {
  await journal.ready?.().catch((error: unknown) => {
    throw errorOfCall(facts, error, { write: false, sent: false });
  });
}

function errorOfCall(
  { connector, operation }: EntryFacts,
  error: unknown,
  what: { write: boolean; sent: boolean },
): unknown {
  if (!(error instanceof AuditUnavailableError)) return error;
  const { detail, code } = error;
  return new AuditUnavailableError(detail, { call: `${connector} ${operation}`, ...what }, code);
}
