import type { AuditEntry } from '../../audit/types.ts';
import type { StoredPages } from '../../audit/chain.ts';
import { VoteVerifier } from '../../governance/verify-votes.ts';
import type { VerifiedVote } from '../../governance/verify-votes.ts';
import type { Store } from '../../store/types.ts';

/** Which votes are verified, and with which keys. */
export interface VotesQuery {
  /** Only votes on this request. */
  request?: string;
  /** Public keys as hex; absent: those that the trail records as created. */
  publicKeys?: readonly string[];
}

/** Verifies the votes of a whole trail, from its entries as stored or exported. */
export async function verifyVotes(
  pages: StoredPages,
  { request, publicKeys }: VotesQuery = {},
): Promise<VerifiedVote[]> {
  const verifier = new VoteVerifier(publicKeys ?? null);
  const votes: VerifiedVote[] = [];
  for await (const page of pages) {
    for (const { text } of page) {
      const entry = entryIn(text);
      const vote = entry && verifier.read(entry);
      if (vote && (request === undefined || vote.request === request)) votes.push(vote);
    }
  }
  return votes;
}

/**
 * Verifies the votes among some entries of a trail, with the recorded creation and revocation of the
 * keys that signed them.
 */
export async function verifyVotesAmong(
  { audit }: Pick<Store, 'audit'>,
  entries: readonly AuditEntry[],
): Promise<ReadonlyMap<string, VerifiedVote>> {
  const kids = new Set(
    entries.flatMap(({ outcome }) => (outcome?.['kid'] ? [outcome['kid']] : [])),
  );
  const ids = new Set(entries.map(({ id }) => id));
  const found = await Promise.all([
    ...[...kids].map((kid) => audit.list({ subject: String(kid) })),
    ...[...new Set(entries.map(({ subject }) => subject))].map((subject) =>
      audit.list({ subject }),
    ),
  ]);
  const inOrder = new Map(found.flat().map(({ index, entry }) => [index, entry]));
  const verifier = new VoteVerifier();
  const votes = [...inOrder]
    .toSorted(([one], [other]) => one - other)
    .flatMap(([, entry]) => verifier.read(entry) ?? []);
  return new Map(votes.filter(({ entry }) => ids.has(entry)).map((vote) => [vote.entry, vote]));
}

/** The entry in a stored text; null for what remains of a removed one, and for invalid text. */
function entryIn(text: string): AuditEntry | null {
  if (!RELEVANT.test(text)) return null;
  try {
    const value = JSON.parse(text) as AuditEntry | { removed: true };
    return 'id' in value && typeof value.outcome === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Most entries of a trail are about other things, and need not be parsed. */
const RELEVANT = /"kind":"(?:action\.requested|approval\.answered|key\.(?:created|revoked))"/;
