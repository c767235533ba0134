import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { decisionDocument } from '../../../src/governance/document.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import type { DecisionRequest, Policy, Risk } from '../../../src/governance/types.ts';
import { whatWouldChange } from '../../../src/governance/what-if.ts';
import { bundle, policy } from '../../support/policies.ts';

const everything = policy({
  name: 'everything',
  operations: ['*:*'],
  riskMax: 'CRITICAL',
  approval: { MEDIUM: 'auto' },
});
const ask = (operation: string): DecisionRequest => ({
  connector: 'okta',
  operation,
  principal: 'user:jane',
});

function changes(operation: string, policies: Policy[], ceiling: Risk = 'CRITICAL'): string[] {
  const asked = {
    request: ask(operation),
    bundle: bundle(...policies),
    guardrails: { riskMax: { okta: ceiling } },
    catalogue: OPERATIONS,
  };
  return whatWouldChange(
    asked,
    evaluate(asked.request, asked.bundle, asked.guardrails, OPERATIONS),
  );
}

describe('whatWouldChange', () => {
  const deny = policy({
    name: 'deny',
    operations: ['groups:*'],
    deny: ['users:s*', 'users:suspend', 'users:read'],
  });
  it.each<[string, string[], string[]]>([
    [
      'an explicit deny',
      changes('users:suspend', [everything, deny]),
      ['without that deny in deny it would be approval'],
    ],
    [
      'a deny that hides that nothing grants',
      changes('users:suspend', [deny]),
      ['without that deny in deny it would be deny (default_deny)'],
    ],
    [
      'a guardrail',
      changes('users:suspend', [everything], 'MEDIUM'),
      ['with guardrails.okta.risk_max high in arx.yaml it would be approval'],
    ],
    [
      'a ceiling',
      changes('users:update', [policy({ name: 'low', operations: ['users:*'] })]),
      ['with risk_max medium in low it would be allow'],
    ],
    [
      'nothing that grants',
      changes('users:suspend', []),
      ['a policy with operations users:suspend and risk_max high would grant it'],
    ],
    [
      'grants for others',
      changes('users:update', [{ ...everything, principals: ['agent:*'] }]),
      ['if those policies also applied to user:jane, it would be auto'],
    ],
    [
      'a grant that context would tighten',
      changes('users:update', [everything]),
      [
        'without everything it would be deny (default_deny)',
        'if context raises the risk to HIGH, it is approval',
      ],
    ],
    [
      'a person',
      changes('users:suspend', [everything]),
      [
        'without everything it would be deny (default_deny)',
        'HIGH always requires approval by a person; no policy can change that',
      ],
    ],
    ['an operation that nobody knows', changes('users:explode', [everything]), []],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});

describe('decisionDocument', () => {
  const defaults = { expires_in: '1h', grant_valid_for: '15m' };
  const document = (approvers: Policy['approvers'], operation = 'users:suspend') => {
    const decision = evaluate(
      ask(operation),
      bundle({ ...everything, approvers }),
      { riskMax: {} },
      OPERATIONS,
    );
    return decisionDocument(decision, ask(operation), defaults);
  };
  const approvers = {
    any_of: ['group:A'],
    count: 2,
    expiresInMs: 5_400_000,
    grantValidForMs: 45_000,
  };

  it('writes durations as configuration files do, and uses those of arx.yaml as defaults', () => {
    expect(document(approvers).obligations).toEqual({
      approval: 'hitl',
      approvers: [{ policy: 'everything', any_of: ['group:A'], count: 2, hitl_channel: null }],
      expires_in: '90m',
      grant_valid_for: '45s',
    });
    const unstated = document({ ...approvers, expiresInMs: null, grantValidForMs: 172_800_000 });
    expect(unstated.obligations).toMatchObject({ expires_in: '1h', grant_valid_for: '2d' });
  });

  it('has no durations if no approval is required', () => {
    const { schema, effect, risk, obligations } = document(approvers, 'users:read');
    expect({ schema, effect, risk }).toEqual({
      schema: 'arx.decision/v1',
      effect: 'allow',
      risk: 'LOW',
    });
    expect(obligations).toEqual({
      approval: 'none',
      approvers: [],
      expires_in: null,
      grant_valid_for: null,
    });
  });
});
