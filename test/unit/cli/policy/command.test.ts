import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../../src/governance/catalogue.ts';
import { directoryWith } from '../../../support/config.ts';
import { arx } from '../support/terminal.ts';

const EXAMPLES = 'policies/examples';
const ID = '00u1abcdefghijklmnop';
const lifecycle = `${EXAMPLES}/okta-user-lifecycle.yaml`;
type Json = Record<string, unknown>;

async function json(...argv: string[]): Promise<{ code: number; document: Json }> {
  const { code, out } = await arx(['policy', ...argv, '--json']);
  return { code, document: JSON.parse(out) as Json };
}
const argsFile = (content: string): string =>
  resolve(directoryWith({ 'args.json': content }), 'args.json');

describe('arx policy explain', () => {
  it('gives the decision, who determined it and where, and exits 0', async () => {
    const { code, document } = await json(
      'explain',
      'users:suspend',
      '--policies',
      lifecycle,
      '--as',
      'user:jane',
    );
    expect(code).toBe(0);
    expect(document).toMatchObject({
      schema: 'arx.decision/v1',
      operation: 'users:suspend',
      risk: 'HIGH',
      effect: 'approval',
      code: 'granted',
      determining: [{ policy: 'okta-user-lifecycle', file: lifecycle, line: 5 }],
      considered: [{ policy: 'okta-user-lifecycle', why: 'grants users:*' }],
      obligations: {
        approval: 'hitl',
        approvers: [{ policy: 'okta-user-lifecycle', any_of: [], count: 1 }],
        expires_in: '1h',
        grant_valid_for: '15m',
      },
      argsDigest: null,
    });
    expect(document['bundleDigest']).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['okta:users:clear_sessions', 'deny', 'risk_ceiling', 'CRITICAL'],
    ['users:read', 'allow', 'granted', 'LOW'],
    ['okta:users:update', 'auto', 'granted', 'MEDIUM'],
    ['okta:groups:delete', 'deny', 'default_deny', 'HIGH'],
    ['jira:issues:create', 'deny', 'default_deny', 'MEDIUM'],
    ['okta:users:explode', 'deny', 'fail_closed', null],
    ['ldap:users:read', 'deny', 'fail_closed', null],
  ])('%s: %s, %s', async (operation, effect, decided, risk) => {
    const { code, document } = await json('explain', operation, '--policies', lifecycle);
    expect({ exit: code, ...document }).toMatchObject({
      exit: 0,
      effect,
      code: decided,
      risk,
      principal: 'user:anonymous',
    });
  });

  it('prints what would change the decision', async () => {
    const argv = ['policy', 'explain', 'users:clear_sessions', '--policies', lifecycle];
    const { code, out } = await arx(argv);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^DENY {2}okta users:clear_sessions as user:anonymous is denied \(risk_ceiling, risk CRITICAL\)/,
    );
    expect(out).toContain(`okta-user-lifecycle at ${lifecycle}:6`);
    expect(out).toContain('with risk_max critical in okta-user-lifecycle it would be approval');
  });

  it('uses the policies of arx.yaml, and notes what anonymous callers may do', async () => {
    const { document } = await json('explain', 'users:read');
    expect(document).toMatchObject({
      effect: 'allow',
      determining: [{ policy: 'operators-okta' }],
    });
    expect(String(document['hints'])).toContain(
      'user:anonymous is any caller without authentication',
    );
    const { document: change } = await json('explain', 'users:suspend');
    expect(change).toMatchObject({ effect: 'deny', code: 'default_deny' });
    expect(String(change['hints'])).toMatch(
      /operators-okta grants it, but user:anonymous may only read.*sign in with ARX_KEY/,
    );
    const { document: unknown } = await json('explain', 'users:suspned', '--as', 'jane');
    expect(String(unknown['hints'])).toMatch(
      /did you mean okta:users:suspend\?.*a principal has the form user:/,
    );
  });

  it('decides by the facts of --facts, which raise the risk, and refuses other fields', async () => {
    const policies = resolve(
      directoryWith({
        'p.yaml': `- name: finance
  connector: okta
  operations: ['groups:add_member']
  when: [{ field: group.name, operator: eq, value: Finance }]
  risk_max: high
`,
      }),
      'p.yaml',
    );
    const explain = (facts: object) =>
      json(
        'explain',
        'groups:add_member',
        '--policies',
        policies,
        '--facts',
        argsFile(JSON.stringify(facts)),
      );
    expect((await explain({ 'group.name': 'Finance' })).document).toMatchObject({
      effect: 'allow',
    });
    const raised = await explain({ 'group.name': 'Finance', is_admin: true });
    expect(raised.document).toMatchObject({ effect: 'approval', risk: 'HIGH' });
    const { document } = await explain({});
    expect(document).toMatchObject({ effect: 'deny', code: 'default_deny' });
    expect(String(document['hints'])).toContain('which is unknown here');
    const wrong = await explain({ 'group.nmae': 'Finance' });
    expect(wrong.code).toBe(2);
  });

  it('digests the arguments as canonical JSON', async () => {
    const file = argsFile(` { "userId" : "${ID}" } `);
    const { document } = await json('explain', 'users:suspend', '--args', file);
    expect(document['argsDigest']).toBe(
      createHash('sha256').update(`{"userId":"${ID}"}`).digest('hex'),
    );
  });

  it.each([
    ['{"userId":".."}', 'userId'],
    ['{"userId":"me"}', 'userId'],
    [`{"userId":"${'a'.repeat(10_000)}"}`, 'userId'],
    ['{}', 'userId'],
    ['[]', undefined],
    ['null', undefined],
    ['{', undefined],
    [`{"userId":"${ID}","__proto__":{}}`, undefined],
    [`{"userId":"${ID}","note":"\\ud800"}`, undefined],
    [`{"userId":"${ID}","note":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, undefined],
    [`{"userId":"${ID}","note":"${'x'.repeat(70_000)}"}`, undefined],
  ])('refuses hostile arguments before any policy is asked: %.40s', async (content, path) => {
    const file = argsFile(content);
    const { code, document } = await json(
      'explain',
      'users:suspend',
      '--args',
      file,
      '--policies',
      lifecycle,
    );
    expect(code).toBe(2);
    expect(document).toMatchObject({
      schema: 'arx.error/v1',
      code: 'invalid_argument',
      where: { file, ...(path && { path }) },
    });
    expect(JSON.stringify(document).length).toBeLessThan(600);
  });

  it('reads no further than it must', async () => {
    const { code, document } = await json('explain', 'users:suspend', '--args', '/dev/zero');
    expect({ exit: code, ...document }).toMatchObject({ exit: 2, code: 'invalid_argument' });
  });

  it('gives a bundle that does not load as an error with its place', async () => {
    const folder = directoryWith({
      'a.yaml':
        '- name: x\n  connector: okta\n  operations: ["users:*"]\n  risk_max: high\n  approval: { high: auto }\n',
    });
    const { code, document } = await json('explain', 'users:read', '--policies', folder);
    expect(code).toBe(2);
    expect(document).toMatchObject({
      schema: 'arx.error/v1',
      code: 'unattended_risk',
      where: { file: `${folder}/a.yaml`, line: 5, column: 21 },
    });
    const missing = await json('explain', 'users:read', '--policies', `${folder}/none`);
    expect(missing).toMatchObject({ code: 2, document: { code: 'no_file' } });
    const noArgs = await json('explain', 'users:read', '--args', `${folder}/none.json`);
    expect(noArgs).toMatchObject({ code: 2, document: { code: 'no_file' } });
  });
});

describe('arx policy lint', () => {
  it('exits 0 with warnings, and gives each finding its place', async () => {
    const { code, document } = await json('lint', EXAMPLES);
    expect(code).toBe(0);
    expect(document).toMatchObject({ schema: 'arx.lint/v1', policies: 3 });
    expect(document['findings']).toContainEqual({
      code: 'unreachable_level',
      severity: 'warning',
      policy: 'okta-user-lifecycle',
      file: lifecycle,
      line: 7,
      message: 'approval.critical cannot be reached: risk_max is high',
    });
    expect(await arx(['policy', 'lint'])).toMatchObject({ code: 0 });
  });

  it('exits 1 with errors, 2 where the policies do not load', async () => {
    const folder = directoryWith({
      'bad/a.yaml': '- { name: a, connector: okta, operations: ["*"], risk_max: low }\n',
      'broken/a.yaml': '- { name: a, connector: okta }\n',
    });
    const { code, out } = await arx(['policy', 'lint', `${folder}/bad`]);
    expect(code).toBe(1);
    expect(out).toContain(`error ${folder}/bad/a.yaml:1 a: * does not match ":"`);
    expect(await json('lint', `${folder}/broken`)).toMatchObject({
      code: 2,
      document: { code: 'missing_key' },
    });
  });
});

describe('arx policy test', () => {
  it('passes the shipped tests, which ask every example and all live policies', async () => {
    const { code, document } = await json('test');
    expect(code).toBe(0);
    expect(document).toMatchObject({ schema: 'arx.policy-test/v1', failed: 0 });
    const files = new Set((document['items'] as { file: string }[]).map(({ file }) => file));
    expect([...files]).toEqual(
      [
        'example-no-destructive',
        'example-readonly-soc',
        'example-user-lifecycle',
        'flows',
        'jobs',
        'operators',
      ].map((name) => `policies/tests/${name}.yaml`),
    );
  });

  it('tells what came out otherwise, case by case, and exits 1', async () => {
    const cases = [
      `{ operation: 'users:suspend', expect: allow }`,
      `{ operation: 'users:suspend', expect: { effect: approval, policy: other } }`,
      `{ operation: 'users:read', expect: { code: default_deny } }`,
      `{ operation: 'user:*', expect: deny }`,
      `{ operation: 'users:suspend', args: { userId: me }, expect: approval }`,
      `{ operation: 'users:suspend', raised_by: 1, expect: deny }`,
    ];
    const folder = directoryWith({
      't.yaml': `policies: ['${resolve(lifecycle)}']\ncases:\n${cases.map((one) => `  - ${one}\n`).join('')}`,
    });
    const { code, document } = await json('test', `${folder}/t.yaml`);
    const items = document['items'] as { line: number; ok: boolean; problems: string[] }[];
    expect(code).toBe(1);
    expect(document).toMatchObject({ passed: 1, failed: 5 });
    expect(items.map(({ line, problems }) => [line, ...problems])).toEqual([
      [3, 'users:suspend: expected allow, got approval (granted)'],
      [4, 'users:suspend: expected policy other to decide, got okta-user-lifecycle'],
      [5, 'users:read: expected code default_deny, got granted'],
      [6, 'user:* covers no operation'],
      [7, 'users:suspend: userId must be an id of 20 letters and digits'],
      [8],
    ]);
    expect((await arx(['policy', 'test', `${folder}/t.yaml`])).out).toContain(
      `failed ${folder}/t.yaml:3 users:suspend as user:anonymous`,
    );
  });

  it('gives a test that is wrong, or none at all, as an error', async () => {
    const folder = directoryWith({
      't.yaml': 'cases:\n  - { operation: a, expct: deny }\n',
      'arx.yaml': 'version: 1\npolicies: ["t/*.yaml"]\n',
    });
    const wrong = await json('test', `${folder}/t.yaml`);
    expect(wrong).toMatchObject({
      code: 2,
      document: { code: 'unknown_key', where: { line: 2 }, remedy: 'Did you mean expect?' },
    });
    expect(await json('test', '--config', `${folder}/arx.yaml`)).toMatchObject({
      code: 2,
      document: { code: 'no_tests' },
    });
  });
});

/** What read-only grants and the lifecycle does not. */
const OTHER_READS = OPERATIONS.filter(
  ({ connector, operation, risk }) =>
    connector === 'okta' && risk === 'LOW' && !operation.startsWith('users:'),
).length;

describe('arx policy diff', () => {
  const both = [`${EXAMPLES}/okta-user-lifecycle.yaml`, EXAMPLES];

  it('marks what widens and what narrows', async () => {
    const { code, document } = await json('diff', ...both);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      schema: 'arx.policy-diff/v1',
      widened: OTHER_READS,
      narrowed: 3,
    });
    expect(document['items']).toContainEqual(
      expect.objectContaining({
        principals: 'everybody else',
        connector: 'okta',
        operation: 'users:suspend',
        risk: 'HIGH',
        raisedBy: 0,
        change: 'narrower',
        before: expect.objectContaining({ effect: 'approval' }),
        after: expect.objectContaining({ effect: 'deny', code: 'explicit_deny' }),
      }),
    );
  });

  it('fails on widening where it is asked to', async () => {
    expect(await arx(['policy', 'diff', ...both, '--fail-on', 'widening'])).toMatchObject({
      code: 3,
    });
    const narrowing = await arx(['policy', 'diff', ...both.toReversed(), '--fail-on', 'widening']);
    expect(narrowing).toMatchObject({
      code: 3,
      out: expect.stringMatching(/3 decisions WIDER[^]* decisions narrower/),
    });
    expect(
      await arx(['policy', 'diff', EXAMPLES, EXAMPLES, '--fail-on', 'widening']),
    ).toMatchObject({
      code: 0,
      out: 'No decision changes.\n',
    });
  });
});
