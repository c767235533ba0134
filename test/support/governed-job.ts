/** One request to suspend a user, and everything that can happen to it. */
import { decisionKey } from '../../src/governance/decision-token.ts';
import { createSignedDecision } from '../../src/services/approvals/signed-decision.ts';
import type {
  ApprovalRequest,
  ProvenDecision,
  SignedDecision,
} from '../../src/services/approvals/signed-decision.ts';
import type { Store } from '../../src/store/types.ts';
import type { GovernedOperationInput } from '../../src/workflows/messages.ts';
import { governedParts } from './governed-parts.ts';
import { inActivity } from './mfa-parts.ts';

export const SIGNER = decisionKey('5a'.repeat(32));

let serial = 0;

/** Okta has a target, and ann, bob and requester@example.com as approvers. */
export async function governedJob(store: Store) {
  const { activities, emulators, settings, time } = await governedParts(store, { accounts: true });
  settings.requireSigned = true;
  const requestId = `job-${(serial += 1)}`;
  const target = emulators.okta.addUser({ login: 'target@example.com' });
  const idOf = (name: string): string => `${emulators.okta.user(`${name}@example.com`)?.id}`;
  const ids = { ann: idOf('ann'), bob: idOf('bob'), requester: idOf('requester') };
  const record = async (id = requestId): Promise<ApprovalRequest> => {
    const found = await store.requests.get(id);
    if (found?.approval) return { ...found, approval: found.approval };
    throw new Error(`no approval ${id}`);
  };
  const open = (input: Partial<GovernedOperationInput> = {}, id = requestId) =>
    inActivity(() =>
      activities.openRequest({
        requestId: id,
        run: id,
        now: time.now,
        input: {
          operation: 'users:suspend',
          params: { userId: target.id },
          as: 'user:requester@example.com',
          reason: 'left the company',
          ...input,
        },
      }),
    );
  const signFor = async (id: string, who: keyof typeof ids, proven: Partial<ProvenDecision> = {}) =>
    createSignedDecision(
      await record(id),
      {
        verdict: 'approve',
        decisionId: `${who}-1`,
        person: ids[who],
        surface: 'cli',
        authenticatedBy: 'key',
        at: time.now,
        ...proven,
      },
      SIGNER,
    );
  const sign = (who: keyof typeof ids, proven: Partial<ProvenDecision> = {}) =>
    signFor(requestId, who, proven);
  const sendTo = (id: string, decision: SignedDecision, verdict: 'approve' | 'deny') =>
    inActivity(() =>
      activities.decideApproval({
        requestId: id,
        now: time.now,
        decision: { ...decision, verdict },
      }),
    );
  const send = (decision: SignedDecision, verdict: 'approve' | 'deny' = 'approve') =>
    sendTo(requestId, decision, verdict);
  const entries = async (kind?: 'approval.answered' | 'approval.refused') =>
    (await store.audit.list({ subject: requestId, ...(kind && { kind }), limit: 100 })).map(
      ({ entry }) => entry,
    );
  return {
    activities,
    emulators,
    entries,
    ids,
    open,
    perform: () => inActivity(() => activities.performRequest({ requestId })),
    record,
    requestId,
    send,
    sendTo,
    sign,
    signFor,
    settings,
    target,
    time,
    close: () => emulators.close(),
  };
}

/** Stores the public half of the key, and records it, as signing for the first time does. */
export async function enrolSigner(store: Store): Promise<void> {
  const { kid, publicKey } = SIGNER;
  const at = new Date(0).toISOString();
  await store.journal.append([
    {
      workflowId: 'keys/test',
      run: 'keys',
      kind: 'key.created',
      subject: kid,
      sequence: 0,
      at,
      actor: { principal: 'workflow:server', authenticatedBy: 'none' },
      surface: 'api',
      outcome: { purpose: 'decisions', publicKey },
    },
  ]);
  await store.keys.addSigningKey({ kid, publicKey, createdAt: at, revokedAt: null });
}
