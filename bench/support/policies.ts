import { bundleDigest } from '../../src/governance/digest.ts';
import type { Policy, PolicyBundle, Risk } from '../../src/governance/types.ts';

const GLOBS = [
  'users:*',
  'users:read*',
  '*:read',
  '*:read_*',
  'groups:*',
  'apps:assign_user',
  'users:suspend',
  '*:*',
];
const CEILINGS: readonly Risk[] = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/**
 * A bundle as a large organisation might have it, the same each time: every policy for a team of
 * its own, for a pattern of agents or for everybody, one in twenty with a deny.
 */
export function largeBundle(size: number): PolicyBundle & { ok: true } {
  const policies = Array.from({ length: size }, (_, at) => policyAt(at));
  return { ok: true, policies, digest: bundleDigest(policies) };
}

function policyAt(at: number): Policy {
  const glob = (step: number): string => GLOBS[(at * 7 + step * 3) % GLOBS.length] ?? '*:read';
  const principals = [
    [`agent:team-${at}`, `agent:team-${at}-*`],
    [`agent:*-${at % 50}`],
    ['user:*'],
    [`flow:f${at}`],
  ];
  return {
    name: `policy-${at}`,
    connector: 'okta',
    principals: at % 97 === 0 ? [] : (principals[at % principals.length] ?? []),
    operations: [glob(0), glob(1)],
    deny: at % 20 === 3 ? ['groups:delete'] : [],
    riskMax: CEILINGS[at % CEILINGS.length] ?? 'LOW',
    ceiling: 'cap',
    approval: { MEDIUM: 'auto' },
    hitlChannel: '#sec-approvals',
    approvers: null,
    place: { file: `policies/team-${at}.yaml`, line: 1 },
    places: {},
  };
}
