import { AuditUnavailableError } from '../../audit/errors.ts';
import { findOperation } from '../../governance/catalogue.ts';
import { needsPerson } from '../../governance/risk.ts';
import { missingGrantError } from './authorise.ts';
import type { JournalEffect } from '../../audit/types.ts';
import type { ConnectorName, Decision } from '../../governance/types.ts';
import type { GrantBook, GrantUse } from '../types.ts';

/**
 * True where the call may only go on with a grant: the policies ask for approval, or the operation
 * is HIGH or CRITICAL, whatever was decided.
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

interface Redeeming {
  grants: GrantBook | undefined;
  requestId: string;
  use: GrantUse;
  decision: Decision;
}

/**
 * Uses the grant up in the transaction of the intent, before what the caller stores with it: where
 * it does not fit, has been used or has expired, nothing is recorded and nothing is sent.
 */
export const redeeming =
  (
    { grants, requestId, use, decision }: Redeeming,
    effect: JournalEffect | undefined,
  ): JournalEffect =>
  async (transaction) => {
    if (!(await consumeGrant(grants, { requestId, use, transaction }))) {
      throw missingGrantError(
        use,
        decision,
        'the grant does not fit this call, has been used or has expired',
      );
    }
    await effect?.(transaction);
  };

async function consumeGrant(
  grants: GrantBook | undefined,
  { requestId, use, transaction }: { requestId: string; use: GrantUse; transaction: never },
): Promise<boolean> {
  try {
    return (await grants?.consume(requestId, use, transaction)) === true;
  } catch {
    throw new AuditUnavailableError('the grants could not be read');
  }
}
