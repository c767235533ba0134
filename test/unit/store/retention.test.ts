import { expect, test } from 'vitest';
import { REMOVALS } from '../../../src/store/repositories/retention.ts';
import { GONE_FROM } from '../../../src/store/search-parts.ts';
import type { Store } from '../../../src/store/types.ts';
import type { RunRecord } from '../../../src/store/run-types.ts';
import { insertRows, rowsWith, tablesWith } from '../../support/rows.ts';
import type { Row } from '../../support/rows.ts';
import { describeOnStores } from '../../support/stores.ts';
import type { StoreSource } from '../../support/stores.ts';

const NOW = new Date('2026-07-06T08:00:00.000Z');
const daysAgo = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();
const BEFORE = daysAgo(90);
const ORG = 'acme.okta.com';
const open = (source: StoreSource): Promise<Store> => source.fresh({ now: () => NOW });
const inDays = (days: number): string => daysAgo(-days);

const seen = (days: number) => ({ seen_run: 's', seen_at: daysAgo(days) });
const twinUser = (id: string, days: number, gone: boolean): Row => [
  'twin_users',
  { org: ORG, id, login: `${id}@acme.com`, status: 'ACTIVE', gone, ...seen(days) },
];
const gap = (subject: string, closed_at: string | null): Row => [
  'twin_gaps',
  {
    org: ORG,
    kind: 'user_no_mfa',
    subject,
    since: daysAgo(200),
    severity: 'high',
    name: subject,
    detail: '',
    closed_at,
  },
];
const drift = (name: string, days: number): Row => [
  'twin_drift',
  { org: ORG, run: 's', at: daysAgo(days), entry: { name } },
];
const event = (uuid: string, days: number): Row => [
  'twin_events',
  {
    org: ORG,
    uuid,
    rule: 'r',
    severity: 'low',
    tactic: 't',
    technique: 'T',
    at: daysAgo(days),
    run: 's',
  },
];
const request = (id: string, state: string, days: number): Row => [
  'requests',
  { request_id: id, state, request: { who: id }, updated_at: daysAgo(days) },
];
const grant = (id: string, days: number): Row => [
  'grants',
  {
    request_id: id,
    connector: 'okta',
    operation: 'o',
    args_digest: 'd',
    principal: `user:${id}`,
    issued_at: daysAgo(days),
    expires_at: daysAgo(days),
  },
];
const answer = (key: string, days: number, lease: string | null = null): Row => [
  'enrichments',
  {
    key,
    org: ORG,
    user_id: key,
    content: {},
    kept_at: daysAgo(days),
    expires_at: daysAgo(days),
    lease_owner: lease && 'o',
    lease_until: lease,
  },
];
const sync = (run: string, days: number, finished: boolean): Row => [
  'twin_syncs',
  {
    run,
    workflow_id: run,
    org: ORG,
    status: finished ? 'complete' : 'running',
    started_at: daysAgo(days),
    finished_at: finished ? daysAgo(days) : null,
    plan: {},
  },
];
const SYNCS = [
  sync('stay-1', 30, false),
  sync('due-1', 20, false),
  sync('due-2', 9, true),
  sync('stay-2', 8, false),
];
/** The first never ended and is not the newest; it is due as well, under a separate name. */
const OLD_SYNCS = SYNCS.filter(([, { run }]) => run !== 'stay-1');
const ofSyncs = (
  table: string,
  cells: Record<string, string | number | object>,
): Pick<Case, 'due' | 'stay'> => ({
  due: ['due-1', 'due-2'].map((run): Row => [table, { run, ...cells }]),
  stay: [[table, { run: 'stay-2', ...cells }]],
});
const flowRun = (
  run: string,
  state: string,
  over: Record<string, string | object | null> = {},
): Row => [
  'flow_runs',
  {
    run,
    workflow_id: run,
    flow: 'f',
    version: 'v',
    principal: 'user:ann',
    caller: { principal: 'user:Ann' },
    event_id: `event-${run}`,
    event_digest: `digest-${run}`,
    issue: {},
    inputs: {},
    dry_run: false,
    state,
    steps: [],
    started_at: daysAgo(120),
    finished_at: state === 'ended' ? daysAgo(120) : null,
    ...over,
  },
];
const ticket = (label: string, over: Record<string, string | null> = {}): Row => [
  'tickets',
  {
    label,
    org: ORG,
    control: 'c',
    subject: `00u-${label}`,
    state: 'closed',
    key: 'SEC-1',
    details: {},
    ...over,
  },
];
const runRow = (
  run: string,
  days: number,
  over: Record<string, string | boolean | object | null> = {},
): Row => [
  'runs',
  {
    run,
    workflow_id: run,
    scope_key: 'all',
    org: ORG,
    status: 'complete',
    dry_run: false,
    started_at: daysAgo(days),
    finished_at: daysAgo(days),
    plan: {},
    summary: {},
    ...over,
  },
];
const runUser = (run: string, user_id: string): Row => [
  'run_users',
  {
    run,
    user_id,
    page: 0,
    position: 0,
    login: `${user_id}@acme.com`,
    status: 'ACTIVE',
    verdict: 'none',
  },
];

interface Case {
  what: string;
  around?: readonly Row[];
  /** A name in each row shows whether it is removed: `due-…` or `stay-…`. */
  due: readonly Row[];
  stay: readonly Row[];
}

const work = { list: 'users', page: 0 };
const CASES: readonly Case[] = [
  {
    what: 'deleted users',
    due: [twinUser('due-1', 91, true)],
    stay: [twinUser('stay-1', 89, true), twinUser('stay-2', 300, false)],
  },
  {
    what: 'group memberships of deleted users',
    around: [twinUser('a', 91, true), twinUser('b', 89, true), twinUser('c', 300, false)],
    due: [['twin_members', { org: ORG, user_id: 'a', group_id: 'due-1', ...seen(200) }]],
    stay: ['b', 'c', 'not read yet'].map((user_id): Row => [
      'twin_members',
      { org: ORG, user_id, group_id: 'stay-1', ...seen(200) },
    ]),
  },
  {
    what: 'roles of deleted users',
    around: [twinUser('a', 91, true), twinUser('c', 300, false)],
    due: [['twin_user_roles', { org: ORG, user_id: 'a', role: 'due-1', ...seen(200) }]],
    stay: [['twin_user_roles', { org: ORG, user_id: 'c', role: 'stay-1', ...seen(200) }]],
  },
  {
    what: 'last sign-ins of deleted users',
    around: [twinUser('due-1', 91, true), twinUser('stay-1', 300, false)],
    due: ['due-1', 'due-2'].map((user_id): Row => [
      'twin_seen',
      { org: ORG, user_id, at: daysAgo(95) },
    ]),
    stay: [
      ['twin_seen', { org: ORG, user_id: 'stay-1', at: daysAgo(95) }],
      ['twin_seen', { org: ORG, user_id: 'stay-2', at: daysAgo(1) }],
    ],
  },
  {
    what: 'closed gaps',
    due: [gap('due-1', daysAgo(91))],
    stay: [gap('stay-1', daysAgo(89)), gap('stay-2', null)],
  },
  { what: 'drift', due: [drift('due-1', 91)], stay: [drift('stay-1', 89)] },
  { what: 'security events', due: [event('due-1', 91)], stay: [event('stay-1', 89)] },
  {
    what: 'leftovers of syncs',
    around: OLD_SYNCS,
    ...ofSyncs('twin_pages', { ...work, count: 1 }),
  },
  {
    what: 'leftovers of syncs',
    around: OLD_SYNCS,
    ...ofSyncs('twin_items', { ...work, id: 'x', position: 0 }),
  },
  {
    what: 'leftovers of syncs',
    around: OLD_SYNCS,
    ...ofSyncs('twin_reads', { work: 'factors', id: 'x' }),
  },
  {
    what: 'leftovers of syncs',
    around: OLD_SYNCS,
    ...ofSyncs('twin_judged_users', { attempt: '1', user_id: 'x', mfa: 'none' }),
  },
  {
    what: 'leftovers of syncs',
    around: OLD_SYNCS,
    ...ofSyncs('twin_judged_gaps', {
      attempt: '1',
      change: 'opened',
      subject: 'x',
      kind: 'user_no_mfa',
      severity: 'high',
      name: 'x',
      detail: '',
      since: daysAgo(9),
    }),
  },
  {
    what: 'leftovers of syncs',
    around: OLD_SYNCS,
    ...ofSyncs('twin_judged_drift', { attempt: '1', kind: 'mfa_lost', entry: {} }),
  },
  {
    what: 'leftovers of syncs',
    around: OLD_SYNCS,
    ...ofSyncs('twin_log', { org: ORG, carried: {} }),
  },
  {
    what: 'leftovers of syncs',
    around: [...OLD_SYNCS, ['twin_searched', { org: 'other', run: 'due-2', attempt: 'stay-3' }]],
    due: ofSyncs('twin_search', { org: ORG, attempt: '1', part: 0, body: '', entries: [] }).due,
    stay: [
      ...ofSyncs('twin_search', { org: ORG, attempt: '1', part: 0, body: '', entries: [] }).stay,
      // The rows of the search index are not leftovers, however old their sync.
      [
        'twin_search',
        { org: 'other', run: 'due-2', attempt: 'stay-3', part: 0, body: '', entries: [] },
      ],
    ],
  },
  {
    what: 'closed requests',
    around: [flowRun('going', 'waiting', { steps: [{ request: 'stay-3' }] })],
    due: [
      request('due-1', 'succeeded', 91),
      request('due-2', 'rejected', 91),
      request('due-3', 'unknown', 91),
    ],
    stay: [
      request('stay-1', 'succeeded', 89),
      request('stay-2', 'pending', 300),
      // A running flow still reads its request.
      request('stay-3', 'succeeded', 91),
      ...['open', 'approved', 'performing'].map((state) => request(`stay-${state}`, state, 300)),
    ],
  },
  {
    what: 'grants of closed requests',
    around: [
      request('due-1', 'succeeded', 91),
      request('stay-1', 'performing', 300),
      request('stay-2', 'failed', 3),
    ],
    due: [grant('due-1', 91), grant('due-2', 91)],
    stay: [grant('stay-1', 300), grant('stay-2', 91)],
  },
  {
    what: 'enriched accounts',
    due: [answer('due-1', 91)],
    stay: [answer('stay-1', 89), answer('stay-2', 91, inDays(1))],
  },
  {
    what: 'enriched accounts',
    around: [answer('stay-2', 1)],
    due: [
      ['enriched_users', { org: ORG, user_id: 'due-1', written_at: daysAgo(91) }],
      ['enriched_users', { org: ORG, user_id: 'due-2', written_at: null }],
    ],
    stay: [
      ['enriched_users', { org: ORG, user_id: 'stay-1', written_at: daysAgo(89) }],
      ['enriched_users', { org: ORG, user_id: 'stay-2', written_at: null }],
    ],
  },
  {
    what: 'inputs of workflows',
    due: [['snapshots', { digest: 'due-1', content: '{}', kept_at: daysAgo(91) }]],
    stay: [['snapshots', { digest: 'stay-1', content: '{}', kept_at: daysAgo(89) }]],
  },
  {
    what: 'expired signatures',
    due: [['seen_signatures', { hash: 'due-1', expires_at: daysAgo(91) }]],
    stay: [['seen_signatures', { hash: 'stay-1', expires_at: daysAgo(89) }]],
  },
  {
    what: 'closed tickets of users who are no longer scanned',
    around: [
      runRow('old', 120, { status: 'failed' }),
      runRow('young', 9),
      runUser('young', '00u-stay-1'),
      runUser('old', '00u-due-1'),
    ],
    due: [ticket('due-1', { last_run: 'old' }), ticket('due-2', { state: 'absent', key: null })],
    stay: [
      ticket('stay-1', { last_run: 'old' }),
      ticket('stay-2', { state: 'open' }),
      ticket('stay-3', { state: 'intended', intended_at: daysAgo(120) }),
      ticket('stay-4', { last_run: 'young' }),
      ticket('stay-5', { lease_owner: 'young', lease_until: inDays(1) }),
      // The single ticket of a scope names no user.
      ticket('stay-6', { subject: 'all' }),
    ],
  },
];

/** Tables that stay unchanged, as explained in docs/decisions/0030. */
const KEPT = [
  ...[
    'messages',
    'calls',
    'twin_syncs',
    'twin_streams',
    'twin_timeline',
    'twin_facts',
    'twin_groups',
    'twin_apps',
  ],
  ...[
    'twin_searched',
    'access_keys',
    'signing_keys',
    'flow_sets',
    'flow_switches',
    'rate_buckets',
    'leases',
    'authority_groups',
  ],
  // Opaque ids only; a takeover removes rows older than any activity.
  'activity_attempts',
  // Opaque ids only; Temporal can start an old workflow again.
  'used_inputs',
  // The content of entries has its own retention period.
  ...[
    'audit_entries',
    'audit_head',
    'audit_tiles',
    'audit_keys',
    'audit_checkpoints',
    'audit_sinks',
  ],
  ...['arx_migration_lock', 'kysely_migration', 'kysely_migration_lock'],
];

describeOnStores('removal by age', (source) => {
  test('covers every table of the store', async () => {
    await open(source);
    const { rows } = await source.query(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    const tables = rows.map(({ name }: { name: string }) => name);
    const decided = new Set([...KEPT, ...REMOVALS.map(({ table }) => table)]);
    expect(tables.filter((name) => !decided.has(name))).toEqual([]);
  });

  test.each(CASES)(
    '$what, case %#: removes old rows, and keeps newer rows and those still needed',
    async (one) => {
      const store = await open(source);
      await insertRows(source, [...(one.around ?? []), ...one.due, ...one.stay]);
      const table = one.due[0]![0];
      const due = await store.retention.due(BEFORE);
      expect(due[one.what]).toBe(one.due.length);
      expect(await rowsWith(source, table, 'due-')).toBeGreaterThanOrEqual(one.due.length);
      expect(await store.retention.remove(BEFORE)).toEqual(due);
      const { rows } = await source.query(`select count(*)::int as n from ${table}`);
      expect(rows[0]).toEqual({ n: one.stay.length });
      expect(await rowsWith(source, table, 'stay-')).toBe(one.stay.length);
      expect(await store.retention.due(BEFORE)).toEqual({});
      expect(await store.retention.remove(BEFORE)).toEqual({});
    },
  );

  test('keeps the rows of a sync that may still be running, unless a newer sync follows', async () => {
    const store = await open(source);
    await insertRows(source, SYNCS);
    await insertRows(
      source,
      SYNCS.map(([, { run }]): Row => ['twin_items', { run: run!, ...work, id: 'x', position: 0 }]),
    );
    expect(await store.retention.remove(BEFORE)).toEqual({ 'leftovers of syncs': 3 });
    expect(await rowsWith(source, 'twin_items', 'stay-2')).toBe(1);
  });

  test('keeps data that running work may need for a week, however short the retention period', async () => {
    const store = await open(source);
    await insertRows(source, [
      ...[6, 8].map((days) => request(`request-${days}`, 'succeeded', days)),
      ...[6, 8].map((days) => event(`event-${days}`, days)),
      ...[6, 8].map((days): Row => [
        'snapshots',
        { digest: `input-${days}`, content: '{}', kept_at: daysAgo(days) },
      ]),
      ...[6, 8].map((days) =>
        runRow(`going-${days}`, days, { status: 'running', finished_at: null }),
      ),
      ...[6, 8].map((days) => runUser(`going-${days}`, `00u${days}`)),
    ]);
    await store.retention.remove(daysAgo(0.01));
    for (const table of ['requests', 'twin_events', 'snapshots', 'run_users']) {
      expect([table, (await source.query(`select * from ${table}`)).rowCount]).toEqual([table, 1]);
    }
  });

  test('counts the age of a snapshot from its last write', async () => {
    const store = await open(source);
    await insertRows(source, [
      ['snapshots', { digest: 'x', content: '{}', kept_at: daysAgo(120) }],
    ]);
    const digest = await store.snapshots.put({ a: 1 });
    await source.query(
      `update snapshots set kept_at = '${daysAgo(120)}' where digest = '${digest}'`,
    );
    await store.snapshots.put({ a: 1 });
    expect(await store.retention.remove(BEFORE)).toEqual({ 'inputs of workflows': 1 });
    expect(await store.snapshots.get(digest)).toEqual({ a: 1 });
  });

  test('keeps only the figures of an old scan, marked as such', async () => {
    const store = await open(source);
    const summary = {
      schema: 'arx.run/v1',
      counts: { enumerated: 1, none: 1 },
      coverage: { low: 0, high: 0 },
      changes: {
        new: 1,
        resolved: 0,
        regressed: 0,
        users: { new: ['00u-canary'], resolved: [], regressed: [] },
      },
      exemptions: {
        live: 0,
        expired: [{ subject: 'canary@acme.com', owner: 'canary', until: '2026-01-01' }],
      },
      tickets: { keys: ['SEC-1'] },
    };
    const plan = {
      statuses: ['ACTIVE'],
      groups: [],
      administrators: ['00u-canary'],
      exemptions: { users: { 'canary@acme.com': 'why' }, members: {} },
    };
    await insertRows(source, [
      runRow('old', 120, { plan, summary }),
      runRow('young', 9),
      runUser('old', '00u-canary'),
      runUser('young', '00u2'),
      ['run_pages', { run: 'old', page: 0, next: 'after=00u-canary' }],
      ['run_deltas', { run: 'old', until: daysAgo(120), mode: 'delta' }],
      ['run_log_pages', { run: 'old', page: 0, entries: 1 }],
      ['run_changed', { run: 'old', user_id: '00u-canary' }],
      ['ticket_notes', { run: 'old', subject: '00u-canary', action: 'created', key: 'SEC-1' }],
      ['ticket_notes', { run: 'young', subject: '00u2', action: 'created', key: 'SEC-2' }],
    ]);
    const removed = {
      'scans, left as figures': 1,
      'users of scans': 1,
      'pages of scans': 1,
      'changes seen by scans': 3,
      'ticket notes of scans': 1,
    };
    expect(await store.retention.due(BEFORE)).toEqual(removed);
    expect((await store.runs.get('old'))?.removedAt).toBeUndefined();
    expect(await store.retention.remove(BEFORE)).toEqual(removed);
    expect(await store.runs.get('old')).toMatchObject({
      removedAt: NOW.toISOString(),
      plan: { statuses: ['ACTIVE'], groups: [] },
      summary: {
        schema: 'arx.run/v1',
        counts: summary.counts,
        tickets: summary.tickets,
        changes: {
          new: 1,
          resolved: 0,
          regressed: 0,
          users: { new: [], resolved: [], regressed: [] },
        },
        exemptions: { live: 0, expired: [] },
      },
    });
    expect(await tablesWith(source, 'canary')).toEqual([]);
    expect((await store.runs.get('young'))?.removedAt).toBeUndefined();
    expect(await store.tickets.listNotes('young')).toHaveLength(1);
  });

  test('keeps the users of the last complete run of each scope, and of the base of a running run', async () => {
    const store = await open(source);
    const going = { status: 'running', finished_at: null, scope_key: 'slow' };
    await insertRows(source, [
      runRow('all-1', 300),
      runRow('all-2', 200),
      runRow('all-dry', 190, { dry_run: true }),
      runRow('all-incomplete', 180, { status: 'incomplete' }),
      runRow('group-1', 300, { scope_key: 'group' }),
      runRow('slow-1', 300, { scope_key: 'slow' }),
      runRow('slow-2', 200, { scope_key: 'slow' }),
      runRow('slow-going', 50, going),
      runRow('slow-3', 40, { scope_key: 'slow' }),
    ]);
    const { rows } = await source.query('select run from runs');
    const runs = rows.map(({ run }: { run: string }) => run);
    await insertRows(
      source,
      runs.map((run) => runUser(run, '00u1')),
    );
    await store.retention.remove(BEFORE);
    const left = await source.query('select run from run_users order by run');
    const kept = ['all-2', 'group-1', 'slow-2', 'slow-3', 'slow-going'];
    expect(left.rows.map(({ run }: { run: string }) => run)).toEqual(kept);
    const marked = await source.query(
      'select run from runs where removed_at is not null order by run',
    );
    expect(marked.rows).toHaveLength(runs.length - kept.length);
  });

  test('allows the next run to report its changes since the last complete one', async () => {
    const store = await open(source);
    await insertRows(source, [
      runRow('older', 200),
      runRow('last', 120),
      runUser('older', '00u1'),
      runUser('last', '00u1'),
    ]);
    await store.retention.remove(BEFORE);
    await insertRows(source, [runRow('next', 0), runUser('next', '00u1'), runUser('next', '00u2')]);
    await source.query(
      "update run_users set verdict = 'compliant' where run = 'next' and user_id = '00u1'",
    );
    const next = (await store.runs.get('next')) as RunRecord;
    expect((await store.runs.lastComplete('all', next))?.run).toBe('last');
    expect(await store.users.changes('next', 'last')).toEqual({
      new: ['00u2'],
      resolved: ['00u1'],
      regressed: [],
    });
    expect((await store.deltas.earlier('last', ['00u1'])).get('00u1')?.login).toBe('00u1@acme.com');
    expect((await store.deltas.earlier('older', ['00u1'])).size).toBe(0);
  });

  test('keeps from a flow run what prevents a second run of its event, without personal data', async () => {
    const store = await open(source);
    const account = { product: 'Okta', tenant: ORG, id: '00u-canary', displayName: 'canary' };
    const issue = {
      eventId: 'e',
      eventType: 'issue.created',
      source: 's',
      at: daysAgo(120),
      issueId: 'i',
      title: 'Stale',
      category: null,
      severity: null,
      texts: { issueLink: 'canary' },
      lastLogin: '2026-01-01',
    };
    const entities = {
      account: { kind: 'account', account },
      person: { kind: 'person', displayName: 'canary', accounts: [account] },
      oauth_grant: { kind: 'oauth_grant', product: 'Okta', tenant: ORG, displayName: 'canary' },
    };
    const personal = {
      principal: 'user:canary@acme.com',
      inputs: { manager: 'canary' },
      message: 'canary',
      target: { id: 'canary' },
      caller: {
        principal: 'user:Canary@acme.com',
        personId: '00u-canary',
        authenticatedBy: 'key',
        surface: 'api',
      },
      steps: [
        {
          id: 'suspend',
          operation: 'okta:users:suspend',
          params: { userId: '00u-canary' },
          state: 'done',
          decision: { effect: 'auto' },
          request: 'r',
          result: { id: 'canary' },
          verified: true,
        },
      ],
      undo: [{ operation: 'okta:users:unsuspend', params: { userId: '00u-canary' } }],
    };
    await insertRows(
      source,
      Object.entries(entities).map(([kind, entity]) =>
        flowRun(kind, 'ended', { ...personal, outcome: 'succeeded', issue: { ...issue, entity } }),
      ),
    );
    await insertRows(source, [
      flowRun('open', 'waiting'),
      flowRun('young', 'ended', { finished_at: daysAgo(80) }),
    ]);
    expect(await store.retention.due(BEFORE)).toEqual({ 'people of flow runs': 3 });
    expect(await store.retention.remove(BEFORE)).toEqual({ 'people of flow runs': 3 });
    expect(await store.retention.due(BEFORE)).toEqual({});
    expect((await tablesWith(source, 'anary')).sort()).toEqual([]);
    const kept = await store.flows.get('account');
    expect(kept).toMatchObject({
      eventId: 'event-account',
      eventDigest: 'digest-account',
      outcome: 'succeeded',
      undo: null,
      inputs: {},
      caller: { principal: 'removed', personId: null, authenticatedBy: 'key', surface: 'api' },
      issue: {
        title: 'Stale',
        texts: {},
        entity: { kind: 'account', account: { product: 'Okta', id: 'removed' } },
      },
      steps: [
        {
          id: 'suspend',
          operation: 'okta:users:suspend',
          params: {},
          state: 'done',
          request: null,
        },
      ],
    });
    expect((await store.flows.get('person'))?.issue.entity).toEqual({
      kind: 'person',
      displayName: null,
      accounts: [],
    });
    const uses = await store.flows.usesOf('event-account');
    expect(uses).toEqual([
      {
        run: 'account',
        flow: 'f',
        eventDigest: 'digest-account',
        outcome: 'succeeded',
        code: null,
      },
    ]);
    expect((await store.flows.open({ ...kept!, eventDigest: 'other' })).created).toBe(false);
    for (const run of ['open', 'young'])
      expect((await store.flows.get(run))?.caller.principal).toBe('user:Ann');
  });

  test('removes old events from the search index and the state of the next sync', async () => {
    const store = await open(source);
    const hits = ['due-1', 'stay-1'].map((id) => ({ kind: 'event', id, label: id, detail: '' }));
    const user = { kind: 'user', id: '00u1', label: 'bob', detail: '' };
    const left = ['00uold', '00unew', '00unever'].map((id) => ({
      ...user,
      id,
      label: id,
      gone: true,
    }));
    const carried = { since: daysAgo(101), until: daysAgo(100), entries: [{ actor: 'canary' }] };
    await insertRows(source, [
      ...[event('due-1', 100), event('stay-1', 9), twinUser('00unew', 89, true)],
      ['twin_searched', { org: ORG, run: 's', attempt: '1' }],
      [
        'twin_search',
        {
          org: ORG,
          run: 's',
          attempt: '1',
          part: 0,
          body: '\tdue-1\n\tbob\n\tstay-1',
          entries: [hits[0]!, user, hits[1]!],
        },
      ],
      [
        'twin_search',
        {
          org: ORG,
          run: 's',
          attempt: '1',
          part: GONE_FROM,
          body: '\t00uold\n\t00unew\n\t00unever',
          entries: left,
        },
      ],
      twinUser('00uold', 91, true),
      [
        'twin_search',
        { org: ORG, run: 's', attempt: '1', part: 1, body: '\tann', entries: [user] },
      ],
      ['twin_log', { org: ORG, run: '', carried }],
      ['twin_log', { org: 'other', run: '', carried: { ...carried, until: daysAgo(1) } }],
    ]);
    const removed = {
      'security events': 1,
      'deleted users': 1,
      'parts of the search index with old events or users': 2,
      'log entries that a sync began with': 1,
    };
    expect(await store.retention.due(BEFORE)).toEqual(removed);
    expect(await store.retention.remove(BEFORE)).toEqual(removed);
    expect(await store.retention.due(BEFORE)).toEqual({});
    expect(await store.twin.search.find(ORG, 'due-1', 9)).toEqual([]);
    expect(await store.twin.search.find(ORG, '00u', 9)).toEqual([left[1]]);
    expect(await store.twin.search.find(ORG, 'bob', 9)).toEqual([user]);
    expect(await store.twin.search.find(ORG, 'stay-1', 9)).toEqual([hits[1]]);
    expect(await store.twin.events.readCarried(ORG)).toEqual({ ...carried, entries: [] });
    expect((await store.twin.events.readCarried('other'))?.entries).toHaveLength(1);
  });

  test('removes a user who left long ago from every table', async () => {
    const store = await open(source);
    const id = '00ucanary';
    const login = 'canary@acme.com';
    const issue = {
      texts: { who: login },
      entity: { kind: 'account', account: { product: 'Okta', tenant: ORG, id } },
    };
    const drifted: Row = [
      'twin_drift',
      { org: ORG, run: 's', at: daysAgo(91), entry: { subject: id, name: login } },
    ];
    const raised: Row = [
      'twin_events',
      {
        org: ORG,
        uuid: 'u',
        rule: 'r',
        severity: 'low',
        tactic: 't',
        technique: 'T',
        at: daysAgo(91),
        run: 's',
        actor: login,
        target: id,
      },
    ];
    const hit = { kind: 'event', id: 'u', label: 'r', detail: login };
    const about = { user_id: id, ...seen(91) };
    await insertRows(source, [
      runRow('old', 120, {
        plan: { administrators: [id], exemptions: { users: { [login]: 'x' } } },
      }),
      ...[runRow('young', 9), runUser('old', id), runUser('young', '00u2')],
      ['run_deltas', { run: 'old', until: daysAgo(120), mode: 'delta' }],
      ['run_changed', { run: 'old', user_id: id }],
      ['run_pages', { run: 'old', page: 0, next: id }],
      ['ticket_notes', { run: 'old', subject: id, action: 'closed', key: 'SEC-1' }],
      ticket('t', { subject: id, last_run: 'old' }),
      twinUser(id, 91, true),
      ['twin_members', { org: ORG, group_id: 'g', ...about }],
      ['twin_user_roles', { org: ORG, role: 'SUPER_ADMIN', ...about }],
      ['twin_seen', { org: ORG, user_id: id, at: daysAgo(91) }],
      ...[gap(id, daysAgo(91)), drifted, raised],
      ['twin_searched', { org: ORG, run: 's', attempt: '1' }],
      [
        'twin_search',
        { org: ORG, run: 's', attempt: '1', part: 0, body: `\t${login}`, entries: [hit] },
      ],
      [
        'twin_log',
        {
          org: ORG,
          run: '',
          carried: { since: daysAgo(92), until: daysAgo(91), entries: [{ id, login }] },
        },
      ],
      ...OLD_SYNCS,
      ['twin_items', { run: 'due-1', list: 'users', id, page: 0, position: 0 }],
      ['twin_judged_users', { run: 'due-1', attempt: '1', user_id: id, mfa: 'none' }],
      [
        'requests',
        { request_id: 'r', state: 'succeeded', request: { args: { id } }, updated_at: daysAgo(91) },
      ],
      grant(id, 91),
      flowRun('f', 'ended', {
        issue,
        principal: `user:${login}`,
        caller: { principal: `user:${login}` },
      }),
      answer(id, 91),
      ['enriched_users', { org: ORG, user_id: id }],
      [
        'snapshots',
        { digest: 'd', content: JSON.stringify({ params: { login } }), kept_at: daysAgo(91) },
      ],
    ]);
    const planted = (await tablesWith(source, 'canary')).length;
    expect(planted).toBeGreaterThanOrEqual(22);
    await store.retention.remove(BEFORE);
    expect(await tablesWith(source, 'canary')).toEqual([]);
  });

  test('is completed by the next call if interrupted after any batch', async () => {
    const store = await open(source);
    await insertRows(source, [
      runRow('old', 120),
      runRow('young', 9),
      twinUser('canary', 91, true),
    ]);
    const users = `select 'old', 'canary-' || n, 0, n, 'l', 'ACTIVE' from generate_series(1, 4500) n`;
    await source.query(
      `insert into run_users (run, user_id, page, position, login, status) ${users}`,
    );
    const due = await store.retention.due(BEFORE);
    expect(due).toMatchObject({ 'users of scans': 4500, 'deleted users': 1 });
    const left: number[] = [];
    for (
      let calls = 0;
      Object.keys(await store.retention.due(BEFORE)).length > 0 && calls < 20;
      calls += 1
    ) {
      left.push(await rowsWith(source, 'run_users', 'canary'));
      const stop = (): never => {
        throw new Error('broken off');
      };
      await expect(store.retention.remove(BEFORE, stop)).rejects.toThrow('broken off');
      // Whatever is left is never taken for complete data.
      expect((await store.runs.get('old'))?.removedAt).toBe(NOW.toISOString());
    }
    expect(left).toEqual([4500, 4500, 2500, 500, 0]);
    expect(await tablesWith(source, 'canary')).toEqual([]);
  });

  test('removes everything in two concurrent calls, and each counts its own rows', async () => {
    const store = await open(source);
    const rows = `select '${ORG}', 's', '${daysAgo(91)}', '{}'::json from generate_series(1, 5000)`;
    await source.query(`insert into twin_drift (org, run, at, entry) ${rows}`);
    const counts = await Promise.all([
      store.retention.remove(BEFORE),
      store.retention.remove(BEFORE),
    ]);
    expect(counts.reduce((sum, count) => sum + (count['drift'] ?? 0), 0)).toBe(5000);
    expect(await store.retention.due(BEFORE)).toEqual({});
  });
});
