import fc from 'fast-check';
import type { DecisionRequest, Guardrails, Policy } from '../../src/governance/types.ts';
import { RISKS } from '../../src/governance/types.ts';
import { policy } from './policies.ts';

/** Globs over operations, some of which cover each other. */
export const glob = fc.constantFrom(
  '*:*',
  'users:*',
  'users:read*',
  '*:read',
  'users:suspend',
  'users:clear_sessions',
  'groups:*',
);
const principal = fc.constantFrom('agent:*', 'user:*', 'agent:soc', 'user:jane', 'user:anonymous');
const upper = fc.constantFrom('hitl' as const);
const mode = fc.constantFrom('none' as const, 'auto' as const, 'hitl' as const);
const some = { nil: undefined } as const;

const condition = fc.oneof(
  fc.record({
    field: fc.constant('is_admin'),
    operator: fc.constantFrom('eq', 'ne'),
    value: fc.boolean(),
  }),
  fc.record({
    field: fc.constantFrom('group.name', 'environment'),
    operator: fc.constantFrom('eq', 'ne'),
    value: fc.constantFrom('Finance', 'Sales'),
  }),
  fc.constant({ field: 'group.name', operator: 'in', value: ['Finance', 'Board'] }),
  fc.constant({ field: 'group.name', operator: 'missing' }),
);
/** What is known about a target; an absent field is unknown. */
export const about = fc.record(
  {
    is_admin: fc.constantFrom(true, false, null),
    'group.name': fc.constantFrom('Finance', 'Sales', 'Board', null),
  },
  { requiredKeys: [] },
);

/** A policy without a name. */
export const somePolicy: fc.Arbitrary<Policy> = fc
  .record({
    connector: fc.constantFrom('okta', 'okta', 'okta', 'jira'),
    principals: fc.array(principal, { maxLength: 2 }),
    operations: fc.array(glob, { maxLength: 3 }),
    deny: fc.array(glob, { maxLength: 1 }),
    when: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      fc.array(condition, { maxLength: 2 }),
    ),
    riskMax: fc.constantFrom(...RISKS),
    ceiling: fc.constantFrom('cap' as const, 'escalate' as const),
    approval: fc.record({
      LOW: fc.option(mode, some),
      MEDIUM: fc.option(mode, some),
      HIGH: fc.option(upper, some),
      CRITICAL: fc.option(upper, some),
    }),
    hitlChannel: fc.constantFrom(null, '#a'),
  })
  .map((given) => policy({ name: '', ...given }));

/** Policies with distinct names. */
export const policies = fc
  .array(somePolicy, { maxLength: 6 })
  .map((all) => all.map((one, at) => ({ ...one, name: `p${at}` })));
export const request: fc.Arbitrary<DecisionRequest> = fc.record({
  connector: fc.constant('okta'),
  operation: fc.constantFrom(
    'users:read',
    'users:create',
    'users:suspend',
    'users:clear_sessions',
    'groups:delete',
  ),
  principal: fc.constantFrom(
    'agent:soc',
    'agent:other',
    'user:jane',
    'user:anonymous',
    'workflow:x',
  ),
  raisedBy: fc.nat({ max: 3 }),
  about,
});
export const guardrails: fc.Arbitrary<Guardrails> = fc.record({
  riskMax: fc.record({ okta: fc.constantFrom(...RISKS) }),
  environment: fc.constantFrom('Finance', 'Sales'),
});
