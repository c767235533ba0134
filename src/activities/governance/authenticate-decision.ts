import { kidOf, reasonDigest, verifyDecision } from '../../governance/decision-token.ts';
import { ANONYMOUS } from '../../governance/principal.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import type { GovernedDeps } from './deps.ts';
import type { EntryAuthor } from './recording.ts';
import type { DecisionMessage } from './types.ts';
import { UserReader } from './user-reader.ts';

type Settings = Pick<GovernedDeps, 'settings'>;

/** Who made a decision, or why that is not proved. */
export type Authentication =
  | {
      ok: true;
      person: string;
      at: number;
      decisionId: string;
      surface: string;
      by: EntryAuthor;
      /** The signature, with the id of its key; null for an unsigned decision. */
      proof: { kid: string; token: string } | null;
    }
  | { ok: false; code: string };

/** The author of a decision that proves no user. */
export const NOBODY: EntryAuthor = {
  actor: { principal: ANONYMOUS, authenticatedBy: 'none' },
  surface: 'workflow',
};

/**
 * Finds out who decided, and when: from the signature of a service that authenticated the approver,
 * or, if signatures are not required, as the decision claims.
 */
export async function authenticate(
  deps: UsesStore<'keys'> & UsesConnectors<'okta' | 'slack'> & Settings,
  record: ActionRecord,
  decision: DecisionMessage & { now: number },
): Promise<Authentication> {
  const { token, approver, verdict, decisionId, reason, now } = decision;
  if (token === undefined) return checkUnsigned(deps, record, { approver, decisionId, now });
  const key = await deps.store.keys.signingKey(kidOf(token) ?? '');
  if (!key || key.revokedAt !== null) return { ok: false, code: 'forged' };
  const claim = verifyDecision(token, key.publicKey);
  if (!claim) return { ok: false, code: 'forged' };
  const meant =
    claim.requestId === record.requestId &&
    claim.argsDigest === record.argsDigest &&
    claim.verdict === verdict;
  if (!meant) return { ok: false, code: 'wrong_request' };
  const given = reason === undefined ? undefined : reasonDigest(claim.decisionId, reason);
  if (given !== claim.reasonDigest) return { ok: false, code: 'reason_changed' };
  const { person, surface, authenticatedBy } = claim;
  return {
    ok: true,
    person,
    at: claim.at,
    decisionId: claim.decisionId,
    surface,
    by: { actor: { principal: `user:${person}`, authenticatedBy }, surface },
    proof: { kid: key.kid, token },
  };
}

async function checkUnsigned(
  deps: UsesConnectors<'okta' | 'slack'> & Settings,
  record: ActionRecord,
  { approver, decisionId, now }: { approver: string | undefined; decisionId: string; now: number },
): Promise<Authentication> {
  if (deps.settings().requireSigned) return { ok: false, code: 'unsigned' };
  const user =
    approver === undefined ? null : await new UserReader(deps, record).findUser(approver);
  if (user?.status !== 'ACTIVE') return { ok: false, code: 'not_eligible' };
  const by = {
    ...NOBODY,
    actor: { principal: `user:${user.id}`, authenticatedBy: 'none' },
  } as const;
  return { ok: true, person: user.id, at: now, decisionId, surface: 'unsigned', by, proof: null };
}
