import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/governance/principal.ts';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { diffBundles } from '../../../src/governance/diff.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import { matchesGlob } from '../../../src/governance/glob.ts';
import { principalClasses } from '../../../src/governance/principals.ts';
import type { Policy } from '../../../src/governance/types.ts';
import { policies } from '../../support/arbitrary-policies.ts';
import { bundle, bundleOf, policy } from '../../support/policies.ts';
import { assertProperty } from '../../support/properties.ts';

const RAILS = { guardrails: { riskMax: {} }, catalogue: OPERATIONS };
/** Changes as `principals operation risk: before → after (change)`. */
const found = (before: Policy[], after: Policy[]): string[] =>
  diffBundles(bundle(...before), bundle(...after), RAILS).map(
    (one) =>
      `${one.principals.name} ${one.operation} ${one.risk}: ${one.before.effect} → ${one.after.effect} (${one.change})`,
  );
const suspend = (more: Partial<Policy> = {}): Policy =>
  policy({ name: 'p', operations: ['users:suspend'], riskMax: 'HIGH', ...more });
const asking = (
  any_of: string[],
  count = 1,
  expiresInMs: number | null = null,
): Partial<Policy> => ({
  approvers: { any_of, count, expiresInMs, grantValidForMs: null },
});

describe('diffBundles', () => {
  it.each<[string, Policy[], Policy[], string[]]>([
    ['nothing', [suspend()], [suspend({ name: 'q' })], []],
    [
      'a new grant',
      [],
      [suspend()],
      ['everybody else users:suspend HIGH: deny → approval (wider)'],
    ],
    [
      'a deny',
      [suspend()],
      [suspend(), policy({ name: 'd', deny: ['users:*'] })],
      ['everybody else users:suspend HIGH: approval → deny (narrower)'],
    ],
    [
      'a grant for some',
      [],
      [suspend({ principals: ['user:*'] })],
      ['user:* users:suspend HIGH: deny → approval (wider)'],
    ],
    [
      'a change for anonymous callers, whom a glob only lets read',
      [
        policy({
          name: 'p',
          operations: ['users:update'],
          riskMax: 'MEDIUM',
          principals: ['user:*'],
        }),
      ],
      [
        policy({
          name: 'p',
          operations: ['users:update'],
          riskMax: 'MEDIUM',
          principals: ['user:*', 'user:anonymous'],
        }),
      ],
      ['user:anonymous users:update MEDIUM: deny → allow (wider)'],
    ],
    [
      'a ceiling, felt only where context raises the risk',
      [suspend()],
      [suspend({ riskMax: 'CRITICAL' })],
      ['everybody else users:suspend CRITICAL: deny → approval (wider)'],
    ],
    [
      'fewer people',
      [suspend(asking(['group:A'], 2))],
      [suspend(asking(['group:A'], 1))],
      ['everybody else users:suspend HIGH: approval → approval (wider)'],
    ],
    [
      'one approver less',
      [suspend(asking(['group:A', 'group:B']))],
      [suspend(asking(['group:A']))],
      ['everybody else users:suspend HIGH: approval → approval (narrower)'],
    ],
    [
      'other approvers',
      [suspend(asking(['group:A']))],
      [suspend(asking(['group:B']))],
      ['everybody else users:suspend HIGH: approval → approval (wider)'],
    ],
    [
      'more time',
      [suspend(asking(['group:A'], 1, 1_000))],
      [suspend(asking(['group:A'], 1, 2_000))],
      ['everybody else users:suspend HIGH: approval → approval (wider)'],
    ],
    [
      'another channel',
      [suspend({ hitlChannel: '#a' })],
      [suspend({ hitlChannel: '#b' })],
      ['everybody else users:suspend HIGH: approval → approval (wider)'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(found(before, after)).toEqual(expected);
  });

  it('adding no-destructive to the lifecycle example narrows three decisions, none of which was allowed', () => {
    const example = (name: string): string => `policies/examples/okta-${name}.yaml`;
    const changes = diffBundles(
      bundleOf(example('user-lifecycle')),
      bundleOf(example('user-lifecycle'), example('no-destructive')),
      RAILS,
    );
    expect(changes.map(({ operation, change }) => `${operation} ${change}`)).toEqual([
      'users:deactivate narrower',
      'users:suspend narrower',
      'users:reset_password narrower',
    ]);
  });

  it('finds every change of an effect, also for principals that are not its examples', () => {
    const known = ['agent:soc', 'agent:other', 'user:jane', 'user:eve', 'workflow:x'];
    assertProperty(
      fc.property(policies, policies, fc.constantFrom(...known), (before, after, principal) => {
        const [old, changed] = [bundle(...before), bundle(...after)];
        const changes = diffBundles(old, changed, RAILS);
        const globs = [...before, ...after].flatMap((one) => one.principals);
        // Anonymous callers are a class of their own: a glob grants them reads only.
        const sameClass = (example: string): boolean =>
          example !== ANONYMOUS &&
          globs.every((glob) => matchesGlob(glob, example) === matchesGlob(glob, principal));
        for (const facts of OPERATIONS.slice(0, 12)) {
          const effects = [old, changed].map(
            (one) => evaluate({ ...facts, principal }, one, RAILS.guardrails, OPERATIONS).effect,
          );
          const told = changes.filter(
            (one) =>
              one.operation === facts.operation &&
              one.raisedBy === 0 &&
              sameClass(one.principals.example),
          );
          // Of several changes, one that widens is reported, even if only the approvers differ.
          if (effects[0] !== effects[1]) expect(told).not.toEqual([]);
          // Without conditions, no other effect is found.
          else
            expect(
              told.filter((one) => one.about === null && one.before.effect !== one.after.effect),
            ).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('principalClasses', () => {
  const names = (...principals: string[]): string[] =>
    principalClasses([policy({ name: 'p', principals })])
      .map(({ name }) => name)
      .sort();

  it.each<[string[], string[]]>([
    [[], ['everybody else']],
    [['user:*'], ['everybody else', 'user:*', 'user:anonymous']],
    [
      ['user:jane', 'user:*'],
      ['everybody else', 'user:*', 'user:anonymous', 'user:jane'],
    ],
    [['*:*'], ['*:*', 'user:anonymous']],
    [
      ['*:jane', 'user:*'],
      ['*:jane', '*:jane and user:*', 'everybody else', 'user:*', 'user:anonymous'],
    ],
    [
      ['agent:soc-*', 'agent:*-eu'],
      ['agent:*-eu', 'agent:*-eu and agent:soc-*', 'agent:soc-*', 'everybody else'],
    ],
    [
      ['agent:a*', 'agent:b*'],
      ['agent:a*', 'agent:b*', 'everybody else'],
    ],
    [
      ['*', 'user:any'],
      ['everybody else', 'user:any'],
    ],
  ])('of %j', (globs, expected) => {
    expect(names(...globs)).toEqual(expected);
  });

  it('is fast for globs with many stars', () => {
    const started = performance.now();
    expect(names(`user:${'a*'.repeat(80)}b`, `user:${'*a'.repeat(80)}c`)).toHaveLength(3);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
