import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyHash } from '../../src/config/env/identity-keys.ts';
import { approvalId, GOVERNED_WORKFLOW, TASK_QUEUE } from '../../src/workflows/messages.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob } from '../support/main-job.ts';
import { migratedDatabase } from '../support/postgres.ts';
import { startServerProcess } from '../support/server-process.ts';
import type { ServerProcess } from '../support/server-process.ts';

const SECRET = randomBytes(16).toString('hex');
const KEY = `arxk_${randomBytes(32).toString('base64url')}`;
const NAMES = ['ann', 'bob', 'requester', 'stranger'];

describe('the HTTP server with all parts of arx', () => {
  let job: MainJob;
  let server: ServerProcess | undefined;
  let stopDatabase: () => Promise<void>;
  const home = mkdtempSync(join(tmpdir(), 'arx-server-'));

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    job = await mainJob(database.databaseUrl, {
      config: { approvals: { default_approvers: ['group:Approvers'], expires_in: '60s' } },
    });
    // The stranger is in Slack but not in Okta.
    const people = NAMES.slice(0, 3).map((name) => ({
      login: `${name}@example.com`,
      groups: ['Approvers'],
    }));
    await job.emulators.addUsers(people);
    const members = NAMES.map((name) => ({
      id: `U0${name.toUpperCase()}`,
      email: `${name}@example.com`,
    }));
    await job.emulators.slackSettings({ members });
    const createdAt = '2026-01-01T00:00:00.000Z';
    await job.store.keys.addAccessKey({
      name: 'bob',
      hash: keyHash(KEY),
      person: 'bob@example.com',
      createdAt,
      revokedAt: null,
    });
    await job.startWorker();
    server = await startServerProcess(
      { ...job.env, ARX_HOME: home, SLACK_SIGNING_SECRET: SECRET },
      home,
    );
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    await job.close();
    await job.temporal.close();
    await stopDatabase();
    rmSync(home, { recursive: true, force: true });
  });

  /** Adds a user whose suspension waits for a decision. */
  async function waiting() {
    const serial = randomBytes(3).toString('hex');
    const [target] = await job.emulators.addUsers([{ login: `target-${serial}@example.com` }]);
    const userId = `${target?.id}`;
    const workflowId = `governed-operation/server-${serial}`;
    const input = {
      operation: 'okta:users:suspend',
      params: { userId },
      reason: 'left',
      as: 'user:requester@example.com',
    };
    const options = { taskQueue: TASK_QUEUE, workflowId, args: [input] };
    const handle = await job.temporal.client.workflow.start(GOVERNED_WORKFLOW, options);
    const requestId = await vi.waitFor(
      async () => {
        const pending = await job.store.requests.list({ states: ['pending'], limit: 50 });
        const found = pending.find((record) => record.workflowId === workflowId);
        expect(found).toBeDefined();
        await job.temporal.client.workflow.getHandle(approvalId(`${found?.requestId}`)).describe();
        return `${found?.requestId}`;
      },
      { timeout: 20_000, interval: 50 },
    );
    const message = await vi.waitFor(
      async () => {
        const found = (await job.emulators.state('messages')).messages.find(
          ({ metadata, blocks }) => JSON.stringify([metadata, blocks]).includes(requestId),
        );
        expect(found).toBeDefined();
        return found as NonNullable<typeof found>;
      },
      { timeout: 10_000, interval: 50 },
    );
    return { userId, handle, requestId, message };
  }
  type Waiting = Awaited<ReturnType<typeof waiting>>;

  function click({ requestId, message }: Waiting, name: string, action = 'arx_approve') {
    const payload = {
      type: 'block_actions',
      user: { id: `U0${name.toUpperCase()}` },
      container: { message_ts: message.ts, channel_id: message.channel },
      actions: [
        {
          action_id: action,
          block_id: 'arx_decision',
          value: requestId,
          action_ts: `${Date.now() / 1000}`,
        },
      ],
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const at = `${Math.floor(Date.now() / 1000)}`;
    const mac = createHmac('sha256', SECRET).update(`v0:${at}:${body}`).digest('hex');
    const headers = { 'x-slack-request-timestamp': at, 'x-slack-signature': `v0=${mac}` };
    return {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    };
  }
  const post = (request: RequestInit) => fetch(`${server?.url}/slack/interactions`, request);
  const writesTo = async (userId: string) =>
    (await job.emulators.log({ vendor: 'okta', write: true }))
      .filter(({ path, accepted }) => accepted && path.includes(userId))
      .map(({ path }) => path);
  const refusals = async (subject: string) =>
    (await job.store.audit.list({ subject, kind: 'approval.refused' })).map(
      ({ entry }) => entry.outcome?.['code'],
    );

  it('is ready', async () => {
    const answer = await fetch(`${server?.url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { ok: true, store: true, temporal: true },
    ]);
  });

  it('refuses requester, stranger and forger; an approver in Slack releases exactly one suspend; a replay is 401', async () => {
    const request = await waiting();
    const { userId, requestId, handle, message } = request;
    expect((await post(click(request, 'requester'))).status).toBe(200);
    await vi.waitFor(async () => expect(await refusals(requestId)).toEqual(['banned']), {
      timeout: 15_000,
    });
    expect((await post(click(request, 'stranger'))).status).toBe(200);
    await vi.waitFor(
      async () => expect(await refusals(requestId)).toEqual(['banned', 'unmapped']),
      {
        timeout: 15_000,
      },
    );
    const forged = click(request, 'ann');
    expect((await post({ ...forged, body: forged.body.replace('U0ANN', 'U0BOB') })).status).toBe(
      401,
    );
    expect(await writesTo(userId)).toEqual([]);

    const genuine = click(request, 'ann');
    expect((await post(genuine)).status).toBe(200);
    expect(await handle.result()).toMatchObject({ state: 'succeeded' });
    expect(await writesTo(userId)).toEqual([`/api/v1/users/${userId}/lifecycle/suspend`]);
    await vi.waitFor(
      async () => {
        const { messages } = await job.emulators.state('messages');
        const edited = messages.find(({ ts }) => ts === message.ts);
        expect([edited?.edited, JSON.stringify(edited?.blocks)]).toEqual([
          true,
          expect.not.stringContaining('arx_approve'),
        ]);
      },
      { timeout: 10_000 },
    );
    const again = await post(genuine);
    expect([again.status, await again.json()]).toMatchObject([401, { code: 'replayed' }]);
    expect(await refusals(requestId)).toEqual(['banned', 'unmapped', 'bad_signature', 'replayed']);
    const answered = await job.store.audit.list({ subject: requestId, kind: 'approval.answered' });
    expect(answered.map(({ entry }) => entry.outcome?.['surface'])).toEqual(['slack']);
    expect(await writesTo(userId)).toHaveLength(1);
  }, 90_000);

  it('lists pending requests and accepts the decision of a key once', async () => {
    const { userId, requestId, handle } = await waiting();
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const list = await fetch(`${server?.url}/v1/approvals?state=pending`, { headers });
    const { items } = (await list.json()) as { items: { request: string }[] };
    expect(items.map(({ request }) => request)).toContain(requestId);
    const decide = async (body: object, more = headers) =>
      fetch(`${server?.url}/v1/approvals/${requestId}/decisions`, {
        method: 'POST',
        headers: more,
        body: JSON.stringify(body),
      });
    expect(
      (await decide({ verdict: 'approve' }, { ...headers, authorization: 'Bearer x' })).status,
    ).toBe(401);
    const answer = await decide({ verdict: 'approve', reason: 'checked', decisionId: 'one' });
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { accepted: true, code: 'counted', state: 'APPROVED' },
    ]);
    expect(await handle.result()).toMatchObject({ state: 'succeeded' });
    expect(await writesTo(userId)).toHaveLength(1);
    const late = await decide({ verdict: 'deny', decisionId: 'two' });
    expect([late.status, await late.json()]).toMatchObject([
      409,
      { code: 'closed', accepted: false },
    ]);
  }, 90_000);

  it('keeps secrets and personal data out of its log, and stops in order', async () => {
    for (const text of [SECRET, KEY, 'example.com']) expect(server?.output()).not.toContain(text);
    expect(await server?.stop()).toBe(0);
  });
});
