import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import type { Decision, PolicyBundle } from '../../../src/governance/types.ts';
import { bundle, bundleOf } from '../../support/policies.ts';
import { shippedConfig } from '../flows/shipped.ts';

const THIRTY = OPERATIONS.filter(({ connector }) => connector === 'okta').slice(0, 30);
const example = (name: string): string => `policies/examples/okta-${name}.yaml`;
const RAILS = { riskMax: { okta: 'CRITICAL' } } as const;

const decide = (
  policies: PolicyBundle,
  operation: string,
  principal = 'user:jane@example.com',
  connector = 'okta',
): Decision => evaluate({ connector, operation, principal }, policies, RAILS, OPERATIONS);

function effects(policies: PolicyBundle): Record<string, number> {
  const counts = { allow: 0, auto: 0, approval: 0, deny: 0 };
  for (const { operation } of THIRTY) counts[decide(policies, operation).effect] += 1;
  return counts;
}

describe('the three example policies over the 30 operations', () => {
  it.each([
    [['readonly-soc'], { allow: 15, auto: 0, approval: 0, deny: 15 }],
    [['user-lifecycle'], { allow: 4, auto: 4, approval: 3, deny: 19 }],
    [['no-destructive'], { allow: 0, auto: 0, approval: 0, deny: 30 }],
    [['readonly-soc', 'user-lifecycle'], { allow: 15, auto: 4, approval: 3, deny: 8 }],
    [
      ['readonly-soc', 'user-lifecycle', 'no-destructive'],
      { allow: 15, auto: 4, approval: 0, deny: 11 },
    ],
  ])('%s', (names, expected) => {
    expect(effects(bundleOf(...names.map(example)))).toEqual(expected);
  });

  it('no-destructive denies five of the 30 by name', () => {
    const codes = THIRTY.map(
      ({ operation }) => decide(bundleOf(example('no-destructive')), operation).code,
    );
    expect(codes.filter((code) => code === 'explicit_deny')).toHaveLength(5);
    expect(codes.filter((code) => code === 'default_deny')).toHaveLength(25);
  });

  it('user-lifecycle denies one operation by its own ceiling, and says what would change that', () => {
    const policies = bundleOf(example('user-lifecycle'));
    const capped = THIRTY.map(({ operation }) => decide(policies, operation)).filter(
      ({ code }) => code === 'risk_ceiling',
    );
    expect(capped.map(({ operation }) => operation)).toEqual(['users:clear_sessions']);
    expect(capped[0]?.hints.join()).toContain('ceiling: escalate');
  });

  it('user-lifecycle with risk_max critical, or with ceiling escalate, requires approval for it', () => {
    const [lifecycle] = bundleOf(example('user-lifecycle')).policies;
    if (!lifecycle) throw new Error('the example has no policy');
    const expected = { allow: 4, auto: 4, approval: 4, deny: 18 };
    expect(effects(bundle({ ...lifecycle, riskMax: 'CRITICAL' }))).toEqual(expected);
    expect(effects(bundle({ ...lifecycle, ceiling: 'escalate' }))).toEqual(expected);
  });
});

describe('the live policies', () => {
  const live = bundleOf('policies/*.yaml');
  const granted = (principal: string): string[] =>
    OPERATIONS.map(({ connector, operation }) => ({
      connector,
      ...decide(live, operation, principal, connector),
    }))
      .filter(({ effect }) => effect !== 'deny')
      .map(({ connector, operation, effect }) => `${connector} ${operation} ${effect}`);

  it('grant the MFA enforcement check what it needs, and no write to Okta', () => {
    expect(granted('workflow:mfa-enforcement-check')).toEqual([
      'okta users:read allow',
      'okta users:read_detail allow',
      'okta users:read_factors allow',
      'okta groups:read allow',
      'okta groups:read_members allow',
      'okta logs:read allow',
      'jira issues:create auto',
      'jira issues:update auto',
      'jira issues:comment auto',
      'jira issues:transition auto',
      'jira issues:read allow',
      'jira users:lookup allow',
      'jira server:read allow',
      'slack chat:write allow',
      'slack chat:update allow',
      'slack history:read allow',
    ]);
    const writes = OPERATIONS.filter(
      ({ connector, method }) => connector === 'okta' && method !== 'GET',
    );
    const codes = writes.map(
      ({ operation }) => decide(live, operation, 'workflow:mfa-enforcement-check').code,
    );
    expect(new Set(codes)).toEqual(new Set(['explicit_deny']));
  });

  it('grant the doctor only reads, and agents and other workflows nothing', () => {
    expect(granted('workflow:doctor').filter((line) => !line.endsWith(' allow'))).toEqual([]);
    expect(granted('workflow:doctor')).toContain('jira myself:read allow');
    expect(['agent:soc', 'workflow:other'].flatMap(granted)).toEqual([]);
  });

  it('grant flows only what the included flows call and read, with the same approvals as for people', () => {
    const may = granted('flow:leaver');
    const called = shippedConfig().flows.flatMap(({ steps, undo }) => [...steps, ...(undo ?? [])]);
    const words = called.map(({ operation }) => operation.replace(':', ' '));
    for (const word of words) expect(may.join('\n')).toContain(`${word} `);
    const notices = ['jira issues:create auto', 'slack chat:write allow', 'email email:send allow'];
    const further = may.filter(
      (line) => !words.some((word) => line.startsWith(`${word} `)) && !/:read\w* allow$/.test(line),
    );
    expect(further).toEqual(notices);
  });

  it('let an anonymous caller read, and nothing else', () => {
    const may = granted('user:anonymous');
    const reads = OPERATIONS.filter(
      ({ connector, risk, writes }) => connector !== 'email' && risk === 'LOW' && !writes,
    );
    expect(may).toEqual(reads.map(({ connector, operation }) => `${connector} ${operation} allow`));
  });

  it.each(['user:jane@example.com'])(
    'let %s read and do what is reversible, the rest with others',
    (who) => {
      // Only flows send e-mail.
      const theirs = OPERATIONS.filter(({ connector }) => connector !== 'email');
      const byRisk = theirs.map(
        ({ connector, operation, risk }) =>
          `${risk} ${decide(live, operation, who, connector).effect}`,
      );
      expect([...new Set(byRisk)].sort()).toEqual([
        'CRITICAL approval',
        'HIGH approval',
        'LOW allow',
        'MEDIUM auto',
      ]);
      expect(granted(who)).toHaveLength(theirs.length);
    },
  );
});
