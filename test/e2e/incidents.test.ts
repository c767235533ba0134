import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { result, WorkflowEndedError } from '../../src/client.ts';
import type { JsonObject } from '../../src/audit/types.ts';
import type { NewUser } from '../../emulators/okta/model.ts';
import { ticketLabel } from '../../src/mfa/identity.ts';
import type { RunSummary } from '../../src/mfa/document.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob } from '../support/main-job.ts';
import { migratedDatabase } from '../support/postgres.ts';

const OLD = '2020-01-01T00:00:00.000Z';
const COVERED = [{ type: 'webauthn' }];

describe('the main job in abnormal situations', () => {
  let job: MainJob;
  let stopDatabase: () => Promise<void>;
  let round = 0;
  const link = () => ({
    client: job.temporal.client,
    address: '',
    namespace: '',
    close: async () => {},
  });

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    job = await mainJob(database.databaseUrl);
    await job.startWorker();
  });
  afterAll(async () => {
    await job.close();
    await job.temporal.close();
    await stopDatabase();
  });
  beforeEach(async () => {
    round += 1;
    await job.emulators.clearFaults();
    await job.emulators.jiraSettings({ indexLagMs: 0, forbidReopen: false, anonymous: false });
  });

  /**
   * Users of this test only; the scope is their own group, so that tests are not compared with each
   * other.
   */
  async function org(users: Partial<NewUser>[]): Promise<{ ids: string[]; group: string }> {
    const group = `round-${round}`;
    await job.emulators.addGroups([{ name: group }]);
    const full = users.map((user, index) => ({
      login: `u${index}.${round}@example.com`,
      created: OLD,
      groups: [group],
      ...user,
    }));
    const added = await job.emulators.addUsers(full, { replace: true });
    return { ids: added.map(({ id }) => id), group };
  }

  const plain = (count: number, covered: number): Partial<NewUser>[] =>
    Array.from({ length: count }, (_, index) => (index < covered ? { factors: COVERED } : {}));

  async function configured(group: string, config: JsonObject): Promise<{ configRef: string }> {
    const snapshot = {
      version: 1,
      ...config,
      scope: { groups: [group], ...(config['scope'] as JsonObject | undefined) },
    };
    const tickets = { settle: ['1s', '1s'], ...(config['tickets'] as JsonObject | undefined) };
    return { configRef: await job.store.snapshots.put({ ...snapshot, tickets }) };
  }

  const issuesOf = async (id: string) => {
    const label = ticketLabel(new URL(`${job.env['OKTA_DOMAIN']}`).host, id);
    return (await job.emulators.state('issues')).issues.filter(({ labels }) =>
      labels.includes(label),
    );
  };
  const messageOf = async ({ run }: RunSummary): Promise<string> => {
    const { messages } = await job.emulators.state('messages');
    const own = messages.filter(({ metadata }) => JSON.stringify(metadata).includes(run));
    expect(own).toHaveLength(1);
    return `${own[0]?.text} ${JSON.stringify(own[0]?.blocks)}`;
  };

  it('reports a run with zero users as INCOMPLETE', async () => {
    const { group } = await org([]);
    const summary = await job.run({ groups: [group] });
    expect(summary).toMatchObject({ status: 'incomplete', counts: { enumerated: 0 } });
    expect(await messageOf(summary)).toContain('INCOMPLETE');
  });

  it('reports a run that loses its list midway as INCOMPLETE, opens tickets for listed users and closes none', async () => {
    const { ids, group } = await org(plain(230, 229));
    const late = `${ids[229]}`;
    const first = await job.run({ groups: [group] });
    expect(first.tickets).toMatchObject({ created: 1, closed: 0 });
    await job.emulators.patchUser(late, { factors: COVERED });
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: 'after=',
      kind: 'status',
      status: 403,
    });
    const summary = await job.run({ groups: [group] });
    expect(summary.status).toBe('incomplete');
    expect(summary.reasons.join()).toContain('the list of users ended early: forbidden');
    expect(summary.counts.enumerated).toBe(200);
    expect((await issuesOf(late)).map(({ category }) => category)).toEqual(['new']);
    expect(await messageOf(summary)).toContain('INCOMPLETE');
  }, 120_000);

  it('ends the list early at an expired cursor, but not at an empty page', async () => {
    const { group } = await org(plain(230, 230));
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/users\\?limit=200$|/users$',
      kind: 'emptyPage',
      times: 1,
    });
    expect(await job.run({ groups: [group] })).toMatchObject({
      status: 'complete',
      counts: { enumerated: 230 },
    });
    await job.emulators.fault({ vendor: 'okta', pathPattern: 'after=', kind: 'expiredCursor' });
    const summary = await job.run({ groups: [group] });
    expect(summary).toMatchObject({ status: 'incomplete', counts: { enumerated: 200 } });
  }, 120_000);

  it('fails without opening tickets if the list cannot be read', async () => {
    const { ids, group } = await org(plain(3, 0));
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/groups/.*/users',
      kind: 'unauthorized',
    });
    const started = await job.start({ groups: [group] });
    await expect(result(link(), started)).rejects.toMatchObject({ type: 'unauthenticated' });
    const summary = await job.summary(started.run);
    expect(summary).toMatchObject({
      status: 'failed',
      counts: { enumerated: 0 },
      reasons: ['unauthenticated'],
    });
    expect(await messageOf(summary)).toContain('FAILED');
    for (const id of ids) expect(await issuesOf(id)).toEqual([]);
  });

  it('reports 5 % unknown as INCOMPLETE, and opens or closes no ticket for them', async () => {
    const { ids, group } = await org(plain(40, 38));
    expect((await job.run({ groups: [group] })).tickets).toMatchObject({ created: 2 });
    await job.emulators.patchUser(`${ids[38]}`, { factors: COVERED });
    for (const id of ids.slice(0, 2)) await job.emulators.patchUser(id, { denyFactors: true });
    const summary = await job.run({ groups: [group] });
    expect(summary).toMatchObject({
      status: 'incomplete',
      counts: { unknown: 2, compliant: 37, none: 1 },
      tickets: { closed: 0, kept: 1 },
    });
    expect(summary.coverage.high).toBeGreaterThan(summary.coverage.low ?? 1);
    expect((await issuesOf(`${ids[38]}`))[0]?.category).toBe('new');
    for (const id of ids.slice(0, 2)) expect(await issuesOf(id)).toEqual([]);
  });

  it('reports a drop of more than 20 % as INCOMPLETE', async () => {
    const { ids, group } = await org(plain(10, 10));
    expect((await job.run({ groups: [group] })).status).toBe('complete');
    for (const id of ids.slice(0, 3)) await job.emulators.removeUser(id);
    expect(await job.run({ groups: [group] })).toMatchObject({
      status: 'incomplete',
      counts: { enumerated: 7 },
    });
  });

  it('has a verdict for every user after a token is revoked midway', async () => {
    const { group } = await org(plain(30, 30));
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'unauthorized',
      after: 10,
    });
    const summary = await job.run({ groups: [group] });
    expect(summary.status).toBe('incomplete');
    expect(summary.counts).toMatchObject({ enumerated: 30 });
    expect(summary.counts.unknown).toBeGreaterThanOrEqual(12);
    const kinds = await job.store.audit.countByKind(summary.run);
    expect(kinds['user.checked']).toBe(30);
  });

  it('retries after vendor faults, and only permanent ones leave a user unknown', async () => {
    const { ids, group } = await org(plain(20, 20));
    const faults = ['status', 'html200', 'truncated', 'reset', 'rateLimited'] as const;
    for (const kind of faults) {
      await job.emulators.fault({
        vendor: 'okta',
        pathPattern: '/factors',
        kind,
        status: 503,
        retryAfter: 1,
        times: 2,
        after: faults.indexOf(kind),
      });
    }
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: `/users/${ids[7]}/factors`,
      kind: 'status',
      status: 500,
    });
    const summary = await job.run({ groups: [group] });
    expect(summary.counts).toMatchObject({ enumerated: 20, compliant: 19, unknown: 1 });
    expect(summary.calls.throttled).toBe(2);
    const unknown = (await job.users(summary.run)).find(({ verdict }) => verdict === 'unknown');
    expect(unknown).toMatchObject({
      userId: ids[7],
      reason: 'could not be read: unavailable (5 tries)',
    });
  }, 120_000);

  it('opens no ticket for a user who enrols right before it', async () => {
    const { ids, group } = await org(plain(3, 0));
    const [enrols, leaves, stays] = ids as [string, string, string];
    await job.emulators.fault({
      vendor: 'jira',
      pathPattern: 'search/jql',
      kind: 'latency',
      ms: 3_000,
      times: 3,
    });
    const started = await job.start({ groups: [group] });
    await vi.waitFor(async () => expect((await job.emulators.faults())[0]?.matched).toBe(3), {
      timeout: 20_000,
      interval: 20,
    });
    await job.emulators.patchUser(enrols, { factors: COVERED });
    await job.emulators.patchUser(leaves, { status: 'SUSPENDED' });
    await result(link(), started);
    const summary = await job.summary(started.run);
    expect(summary).toMatchObject({
      status: 'complete',
      counts: { compliant: 1, vanished: 1, none: 1 },
      tickets: { created: 1 },
    });
    expect(await issuesOf(enrols)).toEqual([]);
    expect(await issuesOf(leaves)).toEqual([]);
    expect(await issuesOf(stays)).toHaveLength(1);
    expect((await job.store.audit.countByKind(started.run))['user.rechecked']).toBe(3);
  });

  it('keeps a ticket closed by hand closed for one run, and reopens it in the next', async () => {
    const { ids, group } = await org(plain(2, 1));
    const finding = `${ids[1]}`;
    await job.run({ groups: [group] });
    const [issue] = await issuesOf(finding);
    await job.emulators.transitionIssue(`${issue?.key}`, 'done');
    expect((await job.run({ groups: [group] })).tickets).toMatchObject({
      leftClosed: 1,
      created: 0,
      reopened: 0,
    });
    expect((await issuesOf(finding))[0]?.category).toBe('done');
    expect((await job.run({ groups: [group] })).tickets).toMatchObject({ reopened: 1, created: 0 });
    expect(await issuesOf(finding)).toMatchObject([{ key: issue?.key, category: 'new' }]);
  });

  it('links a new ticket to the closed one if the project cannot reopen it', async () => {
    const { ids, group } = await org(plain(2, 1));
    const finding = `${ids[1]}`;
    await job.run({ groups: [group] });
    const old = `${(await issuesOf(finding))[0]?.key}`;
    await job.emulators.jiraSettings({ forbidReopen: true });
    await job.emulators.transitionIssue(old, 'done');
    await job.run({ groups: [group] });
    expect((await job.run({ groups: [group] })).tickets).toMatchObject({ created: 1 });
    const issues = await issuesOf(finding);
    expect(issues.filter(({ category }) => category !== 'done')).toHaveLength(1);
    expect(JSON.stringify(issues.find(({ key }) => key !== old)?.links)).toContain(old);
  });

  it('reopens a ticket closed on compliance at once if the user is no longer compliant', async () => {
    const { ids, group } = await org(plain(2, 1));
    const person = `${ids[1]}`;
    await job.run({ groups: [group] });
    await job.emulators.patchUser(person, { factors: COVERED });
    const resolved = await job.run({ groups: [group] });
    expect(resolved).toMatchObject({
      tickets: { closed: 1 },
      changes: { resolved: 1, regressed: 0 },
    });
    expect((await issuesOf(person))[0]).toMatchObject({ category: 'done' });
    await job.emulators.patchUser(person, { factors: [] });
    const regressed = await job.run({ groups: [group] });
    expect(regressed).toMatchObject({
      tickets: { reopened: 1, created: 0 },
      changes: { regressed: 1 },
    });
    expect(await issuesOf(person)).toHaveLength(1);
  });

  it('replaces a deleted ticket, and finds tickets by label after the store is lost', async () => {
    const { ids, group } = await org(plain(2, 0));
    await job.run({ groups: [group] });
    const [gone, forgotten] = [await issuesOf(`${ids[0]}`), await issuesOf(`${ids[1]}`)];
    await job.emulators.deleteIssue(`${gone[0]?.key}`);
    const label = ticketLabel(new URL(`${job.env['OKTA_DOMAIN']}`).host, `${ids[1]}`);
    await job.store.tickets.claim({ label, org: '', control: '', subject: '' }, 'test', 10_000);
    await job.store.tickets.update(null, label, 'test', {
      state: 'absent',
      key: null,
      lastRun: null,
      details: {},
    });
    await job.store.tickets.release(label, 'test');
    expect((await job.run({ groups: [group] })).tickets).toMatchObject({ created: 1, kept: 1 });
    expect((await issuesOf(`${ids[1]}`)).map(({ key }) => key)).toEqual([forgotten[0]?.key]);
  });

  it('opens no second ticket if Jira accepted one without a response, although its search lags', async () => {
    const { ids, group } = await org(plain(2, 1));
    await job.emulators.jiraSettings({ indexLagMs: 1_500 });
    const create = { vendor: 'jira', method: 'POST', pathPattern: '/issue$' } as const;
    await job.emulators.fault({ ...create, kind: 'reset', moment: 'after', times: 1 });
    expect(await job.run({ groups: [group] })).toMatchObject({
      status: 'complete',
      tickets: { failed: [] },
    });
    expect(await issuesOf(`${ids[1]}`)).toHaveLength(1);
  });

  it('opens one ticket per user in concurrent runs', async () => {
    const { ids, group } = await org(plain(6, 1));
    await job.emulators.jiraSettings({ indexLagMs: 1_500 });
    const runs = await Promise.all([1, 2, 3].map(() => job.start({ groups: [group] })));
    await Promise.all(runs.map((started) => result(link(), started)));
    for (const id of ids.slice(1)) expect(await issuesOf(id)).toHaveLength(1);
    const summaries = await Promise.all(runs.map(({ run }) => job.summary(run)));
    expect(summaries.reduce((sum, { tickets }) => sum + tickets.created, 0)).toBe(5);
  }, 120_000);

  it('merges duplicates in Jira into the oldest ticket', async () => {
    const { ids, group } = await org(plain(2, 1));
    await job.run({ groups: [group] });
    const [issue] = await issuesOf(`${ids[1]}`);
    const copy = await jira('POST', '/rest/api/3/issue', {
      fields: {
        project: { key: 'SEC' },
        issuetype: { name: 'Task' },
        summary: 'copy',
        labels: issue?.labels,
      },
    });
    await job.run({ groups: [group] });
    const issues = await issuesOf(`${ids[1]}`);
    expect(issues.filter(({ category }) => category !== 'done').map(({ key }) => key)).toEqual([
      issue?.key,
    ]);
    expect(JSON.stringify(issues.find(({ key }) => key === copy['key'])?.links)).toContain(
      `${issue?.key}`,
    );
  });

  it('writes nothing in a dry run, and reports what it would have done', async () => {
    const { group } = await org(plain(3, 1));
    const before = (await job.emulators.log({ write: true })).length;
    const summary = await job.run({ groups: [group], dryRun: true });
    expect(summary).toMatchObject({
      dryRun: true,
      status: 'complete',
      slack: null,
      tickets: { created: 0, wouldCreate: 2 },
    });
    expect((await job.emulators.log({ write: true })).length).toBe(before);
  });

  it('opens, updates and closes one ticket per scope in bulk mode', async () => {
    const { ids, group } = await org(plain(4, 1));
    const input = await configured(group, { tickets: { mode: 'bulk' } });
    const first = await job.run(input);
    expect(first.tickets).toMatchObject({ created: 1, keys: [expect.stringMatching(/^SEC-/)] });
    await job.emulators.patchUser(`${ids[1]}`, { factors: COVERED });
    const second = await job.run(input);
    expect(second.tickets).toMatchObject({ created: 0, kept: 1, keys: first.tickets.keys });
    const find = async () =>
      (await job.emulators.state('issues')).issues.find(({ key }) => key === first.tickets.keys[0]);
    const text = JSON.stringify(await find());
    expect(text).not.toContain(`u1.${round}@example.com`);
    expect(text).toContain(`u2.${round}@example.com`);
    for (const id of ids) await job.emulators.patchUser(id, { factors: COVERED });
    expect((await job.run(input)).tickets).toMatchObject({ closed: 1, keys: [] });
    expect(await find()).toMatchObject({ category: 'done' });
  });

  it('keeps tickets and audit trail if Slack refuses the message', async () => {
    const { ids, group } = await org(plain(2, 1));
    await job.emulators.fault({
      vendor: 'slack',
      pathPattern: 'chat.postMessage',
      kind: 'unauthorized',
    });
    const summary = await job.run({ groups: [group] });
    expect(summary).toMatchObject({
      slack: null,
      tickets: { created: 1 },
      reasons: ['the Slack summary could not be posted'],
    });
    expect(await issuesOf(`${ids[1]}`)).toHaveLength(1);
    expect((await job.store.audit.countByKind(summary.run))['summary.failed']).toBeGreaterThan(0);
  });

  it('sends no second message if Slack accepted one without a response', async () => {
    const { group } = await org(plain(2, 1));
    await job.emulators.fault({
      vendor: 'slack',
      pathPattern: 'chat.postMessage',
      kind: 'reset',
      moment: 'after',
      times: 1,
    });
    const summary = await job.run({ groups: [group] });
    expect(summary.slack?.ts).toBeTruthy();
    await messageOf(summary);
  });

  it('reports every user and lists the tickets if the project refuses them', async () => {
    const { group } = await org(plain(3, 1));
    const input = await configured(group, { tickets: { issue_type: 'No such type' } });
    const summary = await job.run(input);
    expect(summary).toMatchObject({
      status: 'complete',
      counts: { none: 2 },
      tickets: { created: 0, failedCount: 2 },
    });
    expect(summary.tickets.failed[0]).toMatchObject({
      code: 'invalid',
      fields: ['issuetype'],
      message: 'issuetype: Specify a valid issue type',
    });
  });

  it('does not trust an anonymous response of Jira', async () => {
    const { group } = await org(plain(2, 1));
    await job.emulators.jiraSettings({ anonymous: true });
    const summary = await job.run({ groups: [group] });
    expect(summary).toMatchObject({ status: 'complete', tickets: { created: 0 } });
    expect(summary.reasons.join()).toContain('unauthenticated');
  });

  it.each([
    ['a list', [], 'one JSON object'],
    ['text', 'x', 'one JSON object'],
    [
      'a misspelt field',
      { dry_run: true },
      'unknown field, dry_run; known are groups, dryRun, mode, configRef',
    ],
    [
      'groups that are not a list',
      { groups: 5 },
      'groups must be a list of texts of at most 4,000 characters each',
    ],
    ['an invalid flag', { dryRun: 'yes' }, 'dryRun must be true or false'],
  ])(
    'fails with a message for an input that is %s, and reads nothing',
    async (_, input, message) => {
      const before = (await job.emulators.log()).length;
      const started = await job.start(input as never);
      await expect(result(link(), started)).rejects.toMatchObject({
        type: 'invalid_argument',
        message: expect.stringContaining(message),
      });
      expect((await job.emulators.log()).length).toBe(before);
      expect(await job.store.runs.get(started.run)).toBeNull();
    },
  );

  it('accepts a missing input like {}', async () => {
    await org(plain(2, 2));
    const handle = await job.temporal.client.workflow.start('mfaEnforcementCheck', {
      taskQueue: 'arx',
      workflowId: `bare-${round}`,
      args: [null],
    });
    expect(await handle.result()).toMatchObject({ enumerated: 2 });
  });

  it('reports in a dry run what would happen to existing tickets', async () => {
    const { ids, group } = await org(plain(4, 1));
    await job.run({ groups: [group] });
    await job.emulators.patchUser(`${ids[1]}`, { factors: COVERED });
    await job.emulators.patchUser(`${ids[0]}`, { factors: [] });
    const summary = await job.run({ groups: [group], dryRun: true });
    expect(summary.tickets).toMatchObject({
      wouldCreate: 1,
      wouldKeep: 2,
      wouldClose: 1,
      created: 0,
      closed: 0,
    });
    expect(summary.tickets.keys).toHaveLength(2);
  });

  it('counts groups in scope separately', async () => {
    const { group } = await org(plain(3, 1));
    const summary = await job.run({ groups: [group] });
    expect(summary.groups).toMatchObject([
      { name: group, counts: { enumerated: 3, compliant: 1 } },
    ]);
  });

  it('refuses a group that does not exist before anything is read', async () => {
    const started = await job.start({ groups: ['no such group'] });
    await expect(result(link(), started)).rejects.toBeInstanceOf(WorkflowEndedError);
    expect(await job.store.runs.get(started.run)).toBeNull();
  });

  it('refuses and audits an operation that arx.yaml does not list before the run begins', async () => {
    const { group } = await org(plain(1, 1));
    const input = await configured(group, {
      connectors: { okta: { operations: ['users:read', 'groups:read', 'groups:read_members'] } },
    });
    const started = await job.start(input);
    await expect(result(link(), started)).rejects.toMatchObject({ type: 'policy_denied' });
    expect(await job.store.audit.countByKind(started.run)).toEqual({ 'action.denied': 1 });
  });

  it('keeps one run when a long run continues as new', async () => {
    const { group } = await org(plain(500, 500));
    const summary = await job.run(await configured(group, { scan: { batch: 1 } }));
    expect(summary).toMatchObject({ status: 'complete', counts: { enumerated: 500 } });
    const chain = await job.temporal.client.workflow.workflowService.listWorkflowExecutions({
      namespace: job.temporal.namespace,
      query: `WorkflowId = '${summary.workflowId}'`,
    });
    expect(chain.executions.length).toBeGreaterThan(1);
    expect((await job.store.audit.countByKind(summary.run))['user.checked']).toBe(500);
    const calls = await job.emulators.log({ vendor: 'okta' });
    const factors = calls
      .filter(({ path, accepted }) => accepted && path.endsWith('/factors'))
      .map(({ path }) => path);
    expect(new Set(factors.slice(-500)).size).toBe(500);
  }, 120_000);

  it('ends a cancelled run as failed in store, audit trail and Slack', async () => {
    const { group } = await org(plain(5, 5));
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'latency',
      ms: 2_000,
      times: 5,
    });
    const started = await job.start({ groups: [group] });
    await vi.waitFor(
      async () => expect((await job.emulators.faults())[0]?.struck).toBeGreaterThan(0),
      {
        timeout: 20_000,
        interval: 20,
      },
    );
    await job.temporal.client.workflow.getHandle(started.workflowId).cancel();
    await expect(result(link(), started)).rejects.toMatchObject({ type: 'cancelled' });
    expect(await job.summary(started.run)).toMatchObject({
      status: 'failed',
      reasons: ['cancelled'],
    });
  });

  async function jira(
    method: string,
    path: string,
    body: object,
  ): Promise<Record<string, unknown>> {
    const authorization = `Basic ${Buffer.from(`${job.env['JIRA_EMAIL']}:${job.env['JIRA_API_TOKEN']}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(`${job.env['JIRA_URL']}${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  }
});
