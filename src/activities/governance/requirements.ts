import type { Approval, ApprovalRequirement } from '../../governance/approval.ts';
import type { Obligations, Risk } from '../../governance/types.ts';
import type { GovernedDeps } from './deps.ts';
import type { PeopleReader } from './people.ts';

/** A decision made before the deadline may arrive this much later, milliseconds. */
const GRACE_MS = 60_000;
/** CRITICAL needs two people whatever is configured. */
const LEAST_CRITICAL = 2;

/**
 * Who must approve, by policy: the people it names, or else those in its channel and the default
 * approvers.
 */
export async function requirementsOf(
  deps: GovernedDeps,
  people: PeopleReader,
  { approvers }: Obligations,
): Promise<ApprovalRequirement[]> {
  const { defaultApprovers } = deps.settings();
  const requirements: ApprovalRequirement[] = [];
  for (const { policy, any_of: named, count, hitlChannel } of approvers) {
    const own = await people.idsOf(named.length > 0 ? named : defaultApprovers);
    const met = named.length === 0 && hitlChannel ? await people.inChannel(hitlChannel) : [];
    const eligible = [...new Set([...own, ...met])];
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
export function newApproval({ settings }: GovernedDeps, question: ApprovalQuestion): Approval {
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
