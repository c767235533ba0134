import {
  AuditConflictError,
  AuditDraftError,
  AuditUnavailableError,
  OvertakenError,
} from '../../audit/errors.ts';
import type { AppendOptions, Journal, JournalEffect } from '../../audit/types.ts';
import type { EntryWithEffect } from './entries.ts';

/**
 * Appends an entry. Passes on AuditConflictError, AuditDraftError, OvertakenError and errors thrown
 * by the caller's effect; throws AuditUnavailableError for any other failure of the journal.
 */
export async function record(
  journal: Journal,
  { draft, effect }: EntryWithEffect,
  options: AppendOptions = {},
): Promise<void> {
  const watched = effect && watch(effect);
  try {
    await journal.append([draft], watched?.effect, options);
  } catch (error) {
    if (watched?.failure()) throw watched.failure()?.error;
    throw isAuditError(error) ? error : new AuditUnavailableError('the journal failed');
  }
}

// The caller handles its own errors, such as a lost lease, so they must reach it unchanged.
function watch(effect: JournalEffect): {
  effect: JournalEffect;
  failure: () => { error: unknown } | null;
} {
  let failure: { error: unknown } | null = null;
  const runEffect = async (transaction: never): Promise<void> => {
    failure = null;
    await effect(transaction).catch((error: unknown) => {
      failure = { error };
      throw error;
    });
  };
  return {
    failure: () => failure,
    effect: Object.assign(runEffect, { writes: effect.writes }),
  };
}

const isAuditError = (error: unknown): boolean =>
  [AuditUnavailableError, AuditConflictError, AuditDraftError, OvertakenError].some(
    (kind) => error instanceof kind,
  );
