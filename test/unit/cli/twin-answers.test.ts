import { describe, expect, it } from 'vitest';
import type { Store, StoreTransaction } from '../../../src/store/types.ts';
import type { Drift, Fact, SecurityEvent, TimelineEntry } from '../../../src/twin/types.ts';
import { plantedStore } from './support/store.ts';
import { arx } from './support/terminal.ts';

const ORG = 'example.okta.com';
const EARLIER = new Date(Date.now() - 3 * 86_400_000).toISOString();
const AT = new Date(Date.now() - 60_000).toISOString();

const change = (
  kind: Drift['kind'],
  name: string,
  at = AT,
  severity: Drift['severity'] = null,
): Drift => ({
  kind,
  subject: name,
  name,
  gap: null,
  severity,
  detail: 'planted',
  run: at === AT ? 'run-2' : 'run-1',
  at,
});
const CHANGES: Drift[] = [
  change('mfa_lost', 'forgetful@example.com', EARLIER),
  change('admin_added', 'boss@example.com'),
  ...Array.from({ length: 19 }, (_, n) =>
    change('gap_opened', `gap${n}@example.com`, AT, n === 18 ? 'high' : 'low'),
  ),
  change('gap_closed', 'mended@example.com'),
];
const posture: TimelineEntry = {
  run: 'run-2',
  at: AT,
  coverage: { enrolled: 2, none: 1, unknown: 0, share: 2 / 3 },
  privileged: 2,
  ssoApps: 1,
  gaps: { critical: 1, high: 1, medium: 0, low: 0 },
  drift: { admin_added: 1, mfa_lost: 0, app_added: 0, gap_opened: 19, gap_closed: 1 },
  incomplete: ['logs'],
};

async function plant(store: Store): Promise<void> {
  const { twin } = store;
  for (const [run, startedAt] of [
    ['run-1', EARLIER],
    ['run-2', AT],
  ] as const)
    await twin.syncs.begin({ run, workflowId: `w-${run}`, org: ORG, startedAt, plan: {} });
  await store.journal.append([], async (tx: StoreTransaction) => {
    const whole = {
      name: 'users',
      state: 'complete',
      count: 1_200,
      at: EARLIER,
      reason: null,
    } as const;
    await twin.syncs.putStreams(tx, { org: ORG, run: 'run-1' }, [whole]);
    await twin.syncs.putStreams(tx, { org: ORG, run: 'run-2' }, [
      { name: 'users', state: 'denied', count: 0, at: AT, reason: 'forbidden' },
      { name: 'logs', state: 'partial', count: 7, at: AT, reason: 'broke off' },
      { name: 'apps', state: 'complete', count: 9, at: AT, reason: null },
    ]);
    const facts = ['mfa_coverage', 'sso_apps', 'tool:okta'].map((key): Fact => ({
      key,
      value: '1',
      text: `${key}:1`,
      confidence: 'verified',
      source: 'okta:users',
      run: 'run-2',
      observedAt: AT,
      leavesOut: null,
    }));
    await twin.facts.put(tx, ORG, { changed: facts, seen: [] });
    const app = { id: '0oa1', label: 'Portal', signOnMode: 'MFA_AS_SERVICE', status: 'ACTIVE' };
    await twin.apps.put(tx, { org: ORG, run: 'run-2', at: AT }, [app]);
    const raised: SecurityEvent = {
      uuid: 'e1',
      rule: 'a-rule-of-old',
      severity: 'high',
      tactic: 'Persistence',
      technique: 'T1098',
      at: AT,
      actor: null,
      target: null,
    };
    await twin.events.add(tx, { org: ORG, run: 'run-2' }, [raised]);
    await twin.history.add(tx, { org: ORG, run: 'run-2', at: AT }, posture);
    const rows = CHANGES.map((entry) => ({
      org: ORG,
      run: entry.run,
      at: entry.at,
      entry: JSON.stringify(entry),
    }));
    await tx.insertInto('twin_drift').values(rows).execute();
    await twin.syncs.finish(tx, 'run-2', { status: 'incomplete', finishedAt: AT, result: {} });
  });
}

const { env } = plantedStore('arx-answers', plant);

const run = (...argv: string[]) => arx(argv, env());
async function document<Shape>(...argv: string[]): Promise<Shape> {
  const { code, out, err } = await run(...argv, '--json');
  expect(code, err + out).toBe(0);
  return JSON.parse(out) as Shape;
}

describe('what changed', () => {
  const FIRST = [
    'boss@example.com',
    'forgetful@example.com',
    'gap18@example.com',
    'gap0@example.com',
  ];
  const inOrder = (text: string): string[] =>
    FIRST.toSorted((one, other) => text.indexOf(one) - text.indexOf(other));

  it('is printed below the timeline, the most important first, with the number of omitted changes', async () => {
    const { out } = await run('twin', 'timeline');
    expect(FIRST.every((name) => out.includes(name))).toBe(true);
    expect(inOrder(out)).toEqual(FIRST);
    expect(out).not.toContain('mended@example.com');
    expect(out).toContain(
      '… and 2 more changes. Raise --limit, or export all with --changes --format csv.',
    );
    const all = (await run('twin', 'timeline', '--limit', '22')).out;
    expect(all).toContain('mended@example.com');
    expect(all).not.toContain('more change');
    expect((await run('twin', 'timeline', '--limit', '1')).out).toContain('… and 21 more changes');
  });

  it('is in the document, and says there too what is left out', async () => {
    type Timeline = { changes: Drift[]; moreChanges: number };
    const whole = await document<Timeline>('twin', 'timeline');
    expect([whole.changes.length, whole.moreChanges]).toEqual([22, 0]);
    expect(whole.changes.slice(0, 4).map(({ name }) => name)).toEqual(FIRST);
    const two = await document<Timeline>('twin', 'timeline', '--limit', '2');
    expect([two.changes.length, two.moreChanges]).toEqual([2, 20]);
  });

  it('is below the timeline in Markdown, and a separate list in CSV', async () => {
    const markdown = (await run('twin', 'timeline', '--format', 'md')).out;
    expect(markdown).toContain('## Changes, the most important first');
    expect(inOrder(markdown)).toEqual(FIRST);
    expect(markdown).toContain('mended@example.com');
    const posture = await run('twin', 'timeline', '--format', 'csv');
    expect(posture.out.trim().split('\r\n')).toHaveLength(2);
    expect(posture.err).toContain('--changes');
    const csv = (await run('twin', 'timeline', '--changes', '--format', 'csv')).out;
    expect(csv.trim().split('\r\n')).toHaveLength(23);
    expect(csv).toMatch(
      /^sync,change,severity,name,detail,gap,subject,run\r\n[^\r]*,admin added,,boss@example\.com,/,
    );
    const { items } = await document<{ items: Drift[] }>('twin', 'timeline', '--changes');
    expect(items.slice(0, 4).map(({ name }) => name)).toEqual(FIRST);
    expect((await run('twin', 'timeline', '--changes', '--limit', '20')).out).toContain(
      '… and 2 more changes',
    );
  });

  it('leads the profile', async () => {
    const { out } = await run('twin', 'profile');
    expect(out.indexOf('boss@example.com')).toBeGreaterThan(0);
    expect(out.indexOf('boss@example.com')).toBeLessThan(out.indexOf('gap18@example.com'));
    expect(out.indexOf('gap18@example.com')).toBeLessThan(out.indexOf('gap0@example.com'));
  });
});

describe('a stream that was last denied', () => {
  it('is as old as the last time it was read completely', async () => {
    type Aged = {
      name: string;
      state: string;
      count: number;
      completeAt: string;
      completeAge: number;
    };
    const { streams } = await document<{ streams: Aged[] }>('okta', 'status');
    const of = (name: string) => streams.find((stream) => stream.name === name);
    expect(of('users')).toMatchObject({
      state: 'denied',
      count: 0,
      at: AT,
      completeAt: EARLIER,
      completeCount: 1_200,
    });
    expect(of('users')?.completeAge).toBeGreaterThanOrEqual(3 * 86_400);
    expect(of('apps')).toMatchObject({ state: 'complete', completeAt: AT, completeCount: 9 });
    for (const name of ['logs', 'roles'])
      expect(of(name)).toMatchObject({ completeAt: null, completeAge: null, completeCount: null });
    const { out } = await run('okta', 'status');
    expect(out).toMatch(/users .*denied .*3 d.* ago, 1,200 items/);
    expect(out).toMatch(/logs .*partial .*never/);
  });

  it('shows that in the profile, in every form', async () => {
    const { items } = await document<{ items: { streams: object[] }[] }>('twin', 'profile');
    const users = {
      name: 'users',
      completeAt: EARLIER,
      completeCount: 1_200,
      completeAgeMs: expect.any(Number) as number,
    };
    expect(items[0]?.streams[0]).toMatchObject(users);
    expect((await run('twin', 'profile')).out).toMatch(
      /\| users \| denied \| 0 \|.*\(3 d\), 1200 items \|/,
    );
    expect((await run('twin', 'profile', '--format', 'html')).out).toContain(', 1,200 items</td>');
  });
});

describe('unknown filter values', () => {
  it('names the known facts, nearest first', async () => {
    const { code, out } = await run('twin', 'facts', '--history', 'sso_app', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'arx.error/v1',
      code: 'no_such_fact',
      message: 'There is no fact with the key sso_app.',
      remedy: expect.stringMatching(
        /^Did you mean sso_apps\? Known: sso_apps, .*mfa_coverage/,
      ) as string,
    });
    const { err } = await run('twin', 'facts', '--history', 'nope');
    expect(err).toContain('There is no fact with the key nope.');
    expect(err).toContain('mfa_coverage');
    expect(
      (await document<{ items: Fact[] }>('twin', 'facts', '--history', 'mfa_coverage')).items,
    ).toHaveLength(1);
  });

  it.each([
    [
      ['users', '--status', 'SUSPENDD'],
      "--status: 'SUSPENDD' is not a status of a user.",
      /^Did you mean SUSPENDED\?/,
    ],
    [['users', '--status', 'active,NOPE'], "--status: 'NOPE' is not a status of a user.", /STAGED/],
    [
      ['apps', '--status', 'SUSPENDED'],
      "--status: 'SUSPENDED' is not a status of an app.",
      /INACTIVE/,
    ],
    [['apps', '--sign-on', 'SAML'], "--sign-on: 'SAML' is not a sign-on mode.", /SAML_2_0/],
    [
      ['events', '--rule', 'nope'],
      "--rule: 'nope' is not a rule for security events.",
      /a-rule-of-old/,
    ],
    [
      ['events', '--rule', 'a-rule-of-odl'],
      "--rule: 'a-rule-of-odl' is not a rule",
      /^Did you mean a-rule-of-old\?/,
    ],
    [
      ['gaps', '--kind', 'user_no_mfaa'],
      "'user_no_mfaa' is not one of",
      /Did you mean user_no_mfa\?/,
    ],
    [['users', '--mfa', 'enroled'], "'enroled' is not one of", /Did you mean enrolled\?/],
  ])('%j is refused with the known values', async (argv, message, names) => {
    const { code, out } = await run('twin', ...argv, '--json');
    expect(code).toBe(2);
    const error = JSON.parse(out) as { code: string; message: string; remedy: string };
    expect(error.code).toBe('usage');
    expect(error.message).toContain(message);
    expect(`${argv[0] === 'gaps' || argv[1] === '--mfa' ? error.message : error.remedy}`).toMatch(
      names,
    );
  });

  it('takes what Okta knows though nobody has it, what the twin alone has, and every rule of the configuration', async () => {
    for (const argv of [
      ['users', '--status', 'staged,LOCKED_OUT'],
      ['apps', '--sign-on', 'BOOKMARK'],
      ['events', '--rule', 'user.mfa.attempt_bypass'],
    ])
      expect((await document<{ items: unknown[] }>('twin', ...argv)).items).toEqual([]);
    expect(
      (await document<{ items: unknown[] }>('twin', 'apps', '--sign-on', 'mfa_as_service')).items,
    ).toHaveLength(1);
    const raised = await document<{ items: unknown[] }>(
      'twin',
      'events',
      '--rule',
      'a-rule-of-old',
    );
    expect(raised.items).toHaveLength(1);
  });
});
