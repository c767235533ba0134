/** Grants: which calls need one, and how it is used up. */

import { findOperation } from '../../governance/catalogue.ts';
import { needsPerson } from '../../governance/risk.ts';
import { GrantUnavailableError } from '../errors.ts';
import { missingGrantError } from './authorise.ts';
import type { JournalEffect } from '../../audit/types.ts';
import type { ConnectorName, Decision } from '../../governance/types.ts';
import type { GrantStore, GrantUse } from '../types.ts';

/**
 * True if the call needs a grant: the policies require approval, or the operation is HIGH or
 * CRITICAL, whatever was decided.
 */
export function needsGrant(
  connector: ConnectorName,
  operation: string,
  decision: Decision,
): boolean {
  if (decision.effect === 'approval') return true;
  const base = findOperation(connector, operation)?.risk ?? null;
  return [decision.risk, base].some((risk) => risk !== null && needsPerson(risk));
}

interface GrantToUseUp {
  grants: GrantStore | undefined;
  requestId: string;
  use: GrantUse;
  decision: Decision;
}

/**
 * The effect that uses up the grant in the transaction of the intent, before the caller's own
 * effect. If the grant does not match, has been used or has expired, nothing is recorded and
 * nothing is sent.
 */
export const useUpEffect =
  (
    { grants, requestId, use, decision }: GrantToUseUp,
    effect: JournalEffect | undefined,
  ): JournalEffect =>
  async (transaction) => {
    if (!(await useUpGrant(grants, { requestId, use, transaction }))) {
      throw missingGrantError(
        use,
        decision,
        'the grant does not match this call, has been used or has expired',
      );
    }
    await effect?.(transaction);
  };

async function useUpGrant(
  grants: GrantStore | undefined,
  { requestId, use, transaction }: { requestId: string; use: GrantUse; transaction: never },
): Promise<boolean> {
  try {
    return (await grants?.useUp(requestId, use, transaction)) === true;
  } catch {
    throw new GrantUnavailableError(requestId);
  }
}
