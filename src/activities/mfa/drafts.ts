import type { AuditDraft } from '../../audit/types.ts';
import { MFA_PRINCIPAL } from '../../mfa/identity.ts';

/** An audit draft of the check, for entries that are not about a call to a vendor. */
export function draftOf(
  { run, workflowId }: { run: string; workflowId: string },
  what: Pick<AuditDraft, 'kind' | 'subject' | 'sequence' | 'at'>,
): AuditDraft {
  return {
    workflowId,
    run,
    ...what,
    actor: { principal: MFA_PRINCIPAL, authenticatedBy: 'worker' },
    surface: 'workflow',
  };
}
