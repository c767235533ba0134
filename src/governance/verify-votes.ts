/** Verifies votes on requests from the audit trail and public keys alone. */

import type { AuditEntry, Json } from '../audit/types.ts';
import { keyId, kidOf, verifyDecision } from './decision-token.ts';
import type { DecisionClaim } from './decision-token.ts';

/** Why a vote is not proven: a code of `words.ts`. */
export type VoteFault = 'unsigned' | 'unknown_key' | 'key_was_revoked' | 'forged' | 'vote_differs';

/** A vote as recorded, and whether its signature proves it. */
export interface VerifiedVote {
  request: string;
  /** Okta user id. */
  person: string | null;
  verdict: string | null;
  /** ISO 8601: as signed, or else when it was recorded. */
  at: string;
  surface: string;
  /** Id of the key that signed it; null for an unsigned vote. */
  key: string | null;
  /** Id of the audit entry. */
  entry: string;
  ok: boolean;
  fault: VoteFault | null;
}

/**
 * Reads the entries of a trail in their order, and verifies each vote among them. The keys are those
 * that the trail records as created, unless others are given; a key that was revoked before a vote
 * does not prove it.
 */
export class VoteVerifier {
  readonly #given: boolean;
  readonly #keys = new Map<string, string>();
  readonly #revoked = new Set<string>();
  readonly #digests = new Map<string, Json | undefined>();

  /** `publicKeys`: hex; only these are trusted. Null: those in the trail. */
  constructor(publicKeys: readonly string[] | null = null) {
    this.#given = publicKeys !== null;
    for (const publicKey of publicKeys ?? []) this.#keys.set(keyId(publicKey), publicKey);
  }

  /** The result for an entry that is a vote; null for any other entry. */
  read(entry: AuditEntry): VerifiedVote | null {
    if (entry.kind === 'approval.answered') return this.#verify(entry);
    const { kind, subject, outcome } = entry;
    if (kind === 'action.requested') this.#digests.set(subject, outcome?.['argsDigest']);
    if (outcome?.['purpose'] !== 'decisions') return null;
    if (kind === 'key.revoked') this.#revoked.add(subject);
    const publicKey = outcome['publicKey'];
    const isNew = kind === 'key.created' && typeof publicKey === 'string' && HEX.test(publicKey);
    if (isNew && !this.#given && keyId(publicKey) === subject) this.#keys.set(subject, publicKey);
    return null;
  }

  #verify(entry: AuditEntry): VerifiedVote {
    const { subject: request, outcome = {}, surface, id } = entry;
    const text = (name: string): string | null => {
      const value = outcome[name];
      return typeof value === 'string' ? value : null;
    };
    const token = text('token');
    const key = token === null ? null : kidOf(token);
    const { claim, fault } = this.#check(entry, token, key);
    return {
      request,
      person: text('person'),
      verdict: text('verdict'),
      at: claim === null ? entry.at : new Date(claim.at).toISOString(),
      surface,
      key,
      entry: id,
      ok: fault === null,
      fault,
    };
  }

  #check(
    entry: AuditEntry,
    token: string | null,
    kid: string | null,
  ): { claim: DecisionClaim | null; fault: VoteFault | null } {
    if (token === null) return { claim: null, fault: 'unsigned' };
    const publicKey = this.#keys.get(kid ?? '');
    if (publicKey === undefined) return { claim: null, fault: kid ? 'unknown_key' : 'forged' };
    const claim = verifyDecision(token, publicKey);
    if (claim === null) return { claim, fault: 'forged' };
    if (this.#revoked.has(kid ?? '')) return { claim, fault: 'key_was_revoked' };
    return { claim, fault: this.#isThisVote(entry, claim) ? null : 'vote_differs' };
  }

  /** Whether the entry states what was signed. */
  #isThisVote({ subject, actor, outcome, surface }: AuditEntry, claim: DecisionClaim): boolean {
    const digest = this.#digests.get(subject);
    return (
      claim.requestId === subject &&
      claim.verdict === outcome?.['verdict'] &&
      claim.person === outcome['person'] &&
      claim.decisionId === outcome['decisionId'] &&
      actor.principal === `user:${claim.person}` &&
      surface === claim.surface &&
      (digest === undefined || digest === claim.argsDigest)
    );
  }
}

/** A public key: 32 bytes as hex. */
const HEX = /^[0-9a-f]{64}$/;
