import { EMPTY_HEAD, sealEntry } from '../../src/audit/entry.ts';
import type { StoredText } from '../../src/audit/chain.ts';
import type { AuditDraft, AuditHead } from '../../src/audit/types.ts';

/** A draft with all required fields; `over` sets the fields that matter to a test. */
export function draftOf(over: Partial<AuditDraft> = {}): AuditDraft {
  return {
    workflowId: 'mfa-enforcement-check',
    run: 'run-1',
    kind: 'user.checked',
    subject: '00u1',
    at: '2026-07-06T08:00:00.000Z',
    actor: { principal: 'workflow:mfa-enforcement-check', authenticatedBy: 'worker' },
    surface: 'workflow',
    ...over,
  };
}

/** Seals drafts one after the other, as the journal does. */
export function chainOf(drafts: readonly AuditDraft[]): { stored: StoredText[]; head: AuditHead } {
  let head = EMPTY_HEAD;
  const stored = drafts.map((draft, index) => {
    const { entry, text } = sealEntry({ ...draft, sequence: draft.sequence ?? index }, head);
    head = entry.hash;
    return { index, text };
  });
  return { stored, head: { entries: stored.length, head } };
}
