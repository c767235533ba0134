import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import type {
  Decision,
  DecisionRequest,
  Policy,
  PolicyBundle,
  Risk,
} from '../../../src/governance/types.ts';
import { bundle, policy } from '../../support/policies.ts';

const ask = (operation: string, more: Partial<DecisionRequest> = {}): DecisionRequest => ({
  connector: 'okta',
  operation,
  principal: 'agent:soc',
  ...more,
});
const decide = (request: DecisionRequest, ...policies: Policy[]): Decision =>
  evaluate(request, bundle(...policies), { riskMax: { okta: 'CRITICAL' } }, OPERATIONS);
const everything = policy({ name: 'everything', operations: ['*:*'], riskMax: 'CRITICAL' });

describe('rule 1: fail closed', () => {
  const reads = policy({ name: 'reads', operations: ['*:*'] });
  it.each<[string, DecisionRequest, PolicyBundle]>([
    [
      'a bundle that did not load',
      ask('users:read'),
      { ok: false, reason: 'broken', digest: null },
    ],
    ['an unknown connector', ask('users:read', { connector: 'ldap' }), bundle(everything)],
    ['an unknown operation', ask('users:explode'), bundle(everything)],
    ['an operation of another connector', ask('issues:create'), bundle(everything)],
    ['a principal without a kind', ask('users:read', { principal: 'jane' }), bundle(everything)],
    [
      'a principal with a colon in its id',
      ask('users:read', { principal: 'user:a:b' }),
      bundle(everything),
    ],
    ['lowered risk', ask('users:suspend', { raisedBy: -1 }), bundle(everything)],
    ['half a level', ask('users:read', { raisedBy: 0.5 }), bundle(everything)],
    ['two policies of one name', ask('users:read'), bundle(reads, { ...reads, deny: ['x'] })],
    [
      'a policy for an unknown connector',
      ask('users:read'),
      bundle(reads, policy({ name: 'x', connector: 'ldap' })),
    ],
    [
      'HIGH without a person',
      ask('users:read'),
      bundle({ ...everything, approval: { HIGH: 'auto' } }),
    ],
    [
      'CRITICAL without a person above an escalating ceiling',
      ask('users:read'),
      bundle({ ...reads, ceiling: 'escalate', approval: { CRITICAL: 'none' } }),
    ],
    ['a level that is none', ask('users:read'), bundle({ ...reads, riskMax: 'low' as Risk })],
    [
      'a quorum of nobody',
      ask('users:read'),
      bundle({
        ...reads,
        approvers: { any_of: [], count: 0, expiresInMs: null, grantValidForMs: null },
      }),
    ],
  ])('%s', (_, request, policies) => {
    const decision = evaluate(request, policies, { riskMax: {} }, OPERATIONS);
    expect(decision).toMatchObject({
      effect: 'deny',
      code: 'fail_closed',
      risk: null,
      operation: request.operation,
    });
    expect(decision.hints).toHaveLength(1);
  });

  it('auto at an unreachable level has no effect', () => {
    expect(decide(ask('users:read'), { ...reads, approval: { HIGH: 'auto' } }).code).toBe(
      'granted',
    );
  });
});

describe('rules 2 to 5: denials', () => {
  it("a deny applies whatever its policy's operations are, and names its entry", () => {
    const deny = policy({
      name: 'no-suspend',
      operations: ['groups:read'],
      deny: ['users:suspend'],
      places: { 'deny.0': { file: 'deny.yaml', line: 7, column: 5 } },
    });
    const decision = decide(ask('users:suspend'), everything, deny);
    expect(decision).toMatchObject({ effect: 'deny', code: 'explicit_deny', risk: 'HIGH' });
    expect(decision.determining).toEqual([{ policy: 'no-suspend', file: 'deny.yaml', line: 7 }]);
    expect(decision.considered).toEqual([
      { policy: 'everything', why: 'grants *:*' },
      { policy: 'no-suspend', why: 'denies users:suspend' },
    ]);
  });

  it('a deny for other principals, or for another connector, does not apply', () => {
    const others = policy({ name: 'others', principals: ['user:*'], deny: ['*:*'] });
    const jira = policy({ name: 'jira', connector: 'jira', deny: ['*:*'] });
    expect(decide(ask('users:read'), everything, others, jira).effect).toBe('allow');
  });

  it('a deny takes precedence over the guardrail, and the guardrail over a missing grant', () => {
    const low = { riskMax: { okta: 'LOW' } } as const;
    const deny = policy({ name: 'deny', deny: ['users:suspend'] });
    const code = (...policies: Policy[]): string =>
      evaluate(ask('users:suspend'), bundle(...policies), low, OPERATIONS).code;
    expect([code(everything, deny), code(everything), code()]).toEqual([
      'explicit_deny',
      'guardrail',
      'guardrail',
    ]);
    expect(evaluate(ask('users:read'), bundle(), low, OPERATIONS).code).toBe('default_deny');
  });

  it('names the policies that grant the operation to other principals', () => {
    const decision = decide(
      ask('users:read'),
      policy({ name: 'people', principals: ['user:*'], operations: ['users:*'] }),
    );
    expect(decision.code).toBe('default_deny');
    expect(decision.hints).toEqual(['policy people grants it, but not to agent:soc']);
    expect(decision.considered).toEqual([{ policy: 'people', why: 'another principal' }]);
  });

  it('a ceiling caps only what its own policy grants', () => {
    const capped = policy({ name: 'capped', operations: ['users:*'], riskMax: 'MEDIUM' });
    expect(decide(ask('users:suspend'), capped)).toMatchObject({
      effect: 'deny',
      code: 'risk_ceiling',
    });
    expect(decide(ask('users:suspend'), capped, everything)).toMatchObject({
      effect: 'approval',
      determining: [{ policy: 'everything' }],
    });
  });

  it('an escalating ceiling lifts stated levels only', () => {
    const escalating = policy({
      name: 'escalating',
      operations: ['users:*'],
      ceiling: 'escalate',
      approval: { HIGH: 'hitl' },
    });
    expect(decide(ask('users:suspend'), escalating).effect).toBe('approval');
    expect(decide(ask('users:create'), escalating).code).toBe('risk_ceiling');
    expect(decide(ask('users:clear_sessions'), escalating).code).toBe('risk_ceiling');
  });
});

describe('user:anonymous', () => {
  const people = policy({
    name: 'people',
    principals: ['user:*'],
    operations: ['*:*'],
    riskMax: 'CRITICAL',
  });
  const effects = (principal: string, ...policies: Policy[]) =>
    ['users:read', 'users:update', 'users:suspend'].map(
      (operation) => decide(ask(operation, { principal }), ...policies).effect,
    );

  it.each(['user:anonymous', 'user:Anonymous', 'user:anonymous '])(
    'is granted only reads by a glob, as %j',
    (principal) => {
      expect(effects(principal, people)).toEqual(['allow', 'deny', 'deny']);
    },
  );

  it('is told so', () => {
    const denied = decide(ask('users:update', { principal: 'user:anonymous' }), people);
    expect(denied.code).toBe('default_deny');
    expect(denied.hints).toEqual([
      'policy people grants it, but user:anonymous may only read unless principals names it',
    ]);
    expect(denied.considered).toEqual([
      {
        policy: 'people',
        why: 'grants *:*, but user:anonymous may only read unless principals names it',
      },
    ]);
  });

  it('may not send messages, whose risk is LOW', () => {
    const slack = policy({ ...people, name: 'slack', connector: 'slack' });
    const request = { connector: 'slack', operation: 'chat:write', principal: 'user:anonymous' };
    expect(decide(request, slack).effect).toBe('deny');
    expect(decide({ ...request, principal: 'user:jane' }, slack).effect).toBe('allow');
  });

  it('is granted more where a policy names it or states no principals, and is denied as others are', () => {
    const named = policy({ ...people, principals: ['user:*', 'user:anonymous'] });
    expect(effects('user:anonymous', named)).toEqual(['allow', 'allow', 'approval']);
    expect(effects('user:anonymous', everything)).toEqual(['allow', 'allow', 'approval']);
    const deny = policy({ name: 'd', principals: ['user:*'], deny: ['users:update'] });
    expect(effects('user:anonymous', named, deny)).toEqual(['allow', 'deny', 'approval']);
  });
});

describe('rules 6 to 8: obligations', () => {
  it('defaults: no approval for LOW and MEDIUM, a person for HIGH and CRITICAL, ceiling LOW', () => {
    const effect = (operation: string): string => decide(ask(operation), everything).effect;
    expect(
      ['users:read', 'users:create', 'users:suspend', 'users:clear_sessions'].map(effect),
    ).toEqual(['allow', 'allow', 'approval', 'approval']);
  });

  it('the strictest obligation wins, and each policy keeps its own requirement', () => {
    const grant = (name: string, more: Partial<Policy>): Policy =>
      policy({ name, operations: ['users:*'], riskMax: 'HIGH', ...more });
    const approvers = (
      who: string,
      expiresInMs: number | null,
      grantValidForMs: number | null,
    ): Policy['approvers'] => ({
      any_of: [who],
      count: 2,
      expiresInMs,
      grantValidForMs,
    });
    const decision = decide(
      ask('users:create', { argsDigest: 'abc' }),
      grant('c', { approval: { MEDIUM: 'auto' } }),
      grant('b', {
        approval: { MEDIUM: 'hitl' },
        approvers: approvers('group:B', 3_600_000, null),
      }),
      grant('a', {
        approval: { MEDIUM: 'hitl' },
        approvers: approvers('group:A', 60_000, 900_000),
        hitlChannel: '#a',
      }),
      grant('d', { approval: { MEDIUM: 'hitl' }, hitlChannel: '#d' }),
    );
    expect(decision).toMatchObject({ effect: 'approval', code: 'granted', argsDigest: 'abc' });
    expect(decision.determining.map((one) => one.policy)).toEqual(['a', 'b', 'd']);
    expect(decision.obligations).toEqual({
      approval: 'hitl',
      approvers: [
        { policy: 'a', any_of: ['group:A'], count: 2, hitlChannel: '#a' },
        { policy: 'b', any_of: ['group:B'], count: 2, hitlChannel: null },
        { policy: 'd', any_of: [], count: 1, hitlChannel: '#d' },
      ],
      expiresInMs: 60_000,
      grantValidForMs: 900_000,
    });
  });

  it('auto is stricter than none and has no approvers', () => {
    const auto = policy({ name: 'auto', operations: ['*:*'], approval: { LOW: 'auto' } });
    const decision = decide(ask('users:read'), everything, auto);
    expect(decision).toMatchObject({ effect: 'auto', determining: [{ policy: 'auto' }] });
    expect(decision.obligations).toEqual({
      approval: 'auto',
      approvers: [],
      expiresInMs: null,
      grantValidForMs: null,
    });
  });
});

describe('risk raised by context', () => {
  it('rises level by level up to CRITICAL, with a hint', () => {
    const risks = [0, 1, 2, 9].map(
      (raisedBy) => decide(ask('users:create', { raisedBy }), everything).risk,
    );
    expect(risks).toEqual(['MEDIUM', 'HIGH', 'CRITICAL', 'CRITICAL']);
    expect(decide(ask('users:create', { raisedBy: 1 }), everything).hints).toEqual([
      'context raises the risk from MEDIUM to HIGH',
    ]);
  });

  it('keeps the obligation of the base level if a higher level requires less', () => {
    const odd = policy({
      name: 'odd',
      operations: ['*:*'],
      riskMax: 'MEDIUM',
      approval: { LOW: 'hitl', MEDIUM: 'none' },
    });
    expect(decide(ask('users:create'), odd).effect).toBe('allow');
    expect(decide(ask('users:read', { raisedBy: 1 }), odd)).toMatchObject({
      effect: 'approval',
      risk: 'MEDIUM',
    });
  });
});
