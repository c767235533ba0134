import type { Approval, ApprovalRequirement } from '../../governance/approval.ts';
import type { Obligations, Risk } from '../../governance/types.ts';
import type { GovernedDeps } from './deps.ts';
import type { UserReader } from './user-reader.ts';

/** How much later a decision made before the deadline may arrive, milliseconds. */
const GRACE_MS = 60_000;
/** A CRITICAL request needs at least two approvers, whatever is configured. */
const LEAST_CRITICAL = 2;

/**
 * Who must approve, for each policy: the approvers it names, otherwise the members of its channel and
 * the default approvers.
 */
export async function requirementsOf(
  deps: Pick<GovernedDeps, 'settings'>,
  users: UserReader,
  { approvers }: Obligations,
): Promise<ApprovalRequirement[]> {
  const { defaultApprovers } = deps.settings();
  const requirements: ApprovalRequirement[] = [];
  for (const { policy, any_of: named, count, hitlChannel } of approvers) {
    const listed = await users.idsOf(named.length > 0 ? named : defaultApprovers);
    const inChannel = named.length === 0 && hitlChannel ? await users.inChannel(hitlChannel) : [];
    const eligible = [...new Set([...listed, ...inChannel])];
    requirements.push({ policy, count, eligible });
  }
  return requirements;
}

export interface ApprovalQuestion {
  obligations: Obligations;
  risk: Risk;
  requirements: ApprovalRequirement[];
  banned: string[];
  now: Date;
}

/** A fresh approval with its deadline and quorum. */
export function newApproval(
  { settings }: Pick<GovernedDeps, 'settings'>,
  question: ApprovalQuestion,
): Approval {
  const { expiresInMs, criticalQuorum } = settings();
  const { obligations, risk, requirements, banned, now } = question;
  return {
    state: 'PENDING',
    deadline: now.getTime() + (obligations.expiresInMs ?? expiresInMs),
    grace: GRACE_MS,
    requirements,
    quorum: risk === 'CRITICAL' ? Math.max(LEAST_CRITICAL, criticalQuorum) : 1,
    banned,
    votes: [],
  };
}
