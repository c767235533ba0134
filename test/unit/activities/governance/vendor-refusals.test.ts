import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import type { FaultRule } from '../../../../emulators/types.ts';
import type { GovernedOperationInput } from '../../../../src/workflows/messages.ts';
import { approvalDocument } from '../../../../src/services/approvals/approval-document.ts';
import { governedParts } from '../../../support/governed-parts.ts';
import type { GovernedParts } from '../../../support/governed-parts.ts';
import { inActivity } from '../../../support/mfa-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { assertProperty } from '../../../support/properties.ts';
import { ERROR_BODIES, ERROR_TABLES } from '../../connectors/support/error-tables.ts';
import type { ErrorVendor } from '../../connectors/support/error-tables.ts';

const CANARY = 'ann.canary@example.com';

let database: TestDatabase;
let store: Store;
let parts: GovernedParts;
let serial = 0;

beforeAll(async () => {
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
});
afterAll(async () => {
  await store.close();
  await database.close();
});
beforeEach(async () => {
  parts = await governedParts(store, { accounts: true });
});
afterEach(() => parts.emulators.close());

const fault = (rule: Omit<FaultRule, 'kind'> & { status: number }) =>
  parts.emulators.faults.add({ kind: 'status', ...rule });
const begun = (operation: string): number =>
  parts.emulators.traffic.statistics().find((one) => one.operation === operation)?.begun ?? 0;

/** Opens a request and performs it to its end. */
async function run(operation: string, params: GovernedOperationInput['params']) {
  const requestId = `refusal-${(serial += 1)}`;
  const opened = await parts.open(requestId, {
    operation,
    params: params ?? {},
    as: 'user:requester@example.com',
  });
  if (opened.state === 'pending') {
    const answer = await parts.approve(requestId, 'ann@example.com');
    expect(answer).toMatchObject({ state: 'APPROVED' });
  } else expect(opened).toMatchObject({ state: 'open' });
  const settled = await parts.settle(requestId);
  const record = await store.requests.get(requestId);
  return { ...settled, requestId, outcome: record?.outcome ?? {} };
}

const errorOf = (outcome: object) => (outcome as { error?: unknown }).error;

describe('a refusal of a vendor', () => {
  it('of an operation that a built-in group does not have ends at once, as what it is', async () => {
    const { okta } = parts.emulators;
    const user = okta.addUser({ login: 'one@example.com' });
    const group = okta.addGroup({ name: 'Okta Administrators', type: 'BUILT_IN' });
    const ended = await run('groups:add_member', { groupId: group.id, userId: user.id });
    expect(ended).toMatchObject({ state: 'failed', code: 'conflict', attempts: 1 });
    expect(begun('groups:add_member')).toBe(1);
    expect(errorOf(ended.outcome)).toEqual({
      code: 'conflict',
      vendorCode: 'E0000060',
      field: null,
      message: expect.stringMatching(
        /built-in group.*Okta says: “Unsupported operation/s,
      ) as string,
      remedy: expect.stringMatching(/not built in/) as string,
    });
  });

  it('names the field, in the words of the vendor, and nothing of it reaches the audit trail', async () => {
    const { okta } = parts.emulators;
    const user = okta.addUser({ login: 'two@example.com' });
    const app = okta.apps.add({ label: 'Payroll', required: ['costCentre'] });
    const ended = await run('apps:assign_user', { appId: app.id, userId: user.id });
    expect(ended).toMatchObject({ state: 'failed', code: 'invalid', attempts: 1 });
    expect(errorOf(ended.outcome)).toMatchObject({
      vendorCode: 'E0000001',
      field: 'costCentre',
      message: expect.stringMatching(/costCentre: The field cannot be left blank/) as string,
    });
    const trail = JSON.stringify(await store.audit.list({ run: ended.requestId, limit: 100 }));
    expect(trail).toContain('E0000001');
    expect(trail).not.toMatch(/costCentre|left blank/);
  });

  it('is shown without addresses and secrets, and is not in the state for the workflow', async () => {
    const user = parts.emulators.okta.addUser({ login: 'three@example.com' });
    fault({
      vendor: 'okta',
      pathPattern: '/lifecycle/unsuspend',
      status: 400,
      body: {
        errorCode: 'E0000001',
        errorSummary: `Api validation failed: ${CANARY} SSWS 00abcdefghijklmnopqrstuvwxyz0123456789`,
      },
    });
    const { requestId, outcome, ...ended } = await run('users:unsuspend', { userId: user.id });
    expect(JSON.stringify(outcome)).toContain('[removed]');
    expect(JSON.stringify(outcome)).not.toMatch(/ann\.canary|00abcdef/);
    expect(Object.keys(ended).sort()).toEqual(['attempts', 'code', 'state', 'waitedMs']);
    const trail = JSON.stringify(await store.audit.list({ run: requestId, limit: 100 }));
    expect(trail).not.toMatch(/ann\.canary|00abcdef|Api validation/);
  });

  it('is shown in the Slack message that asked for approval, with what to do', async () => {
    const { salesforce, slack } = parts.emulators;
    const needed = {
      errorCode: 'FIELD_INTEGRITY_EXCEPTION',
      message: 'You cannot deactivate the Default Workflow User.',
    };
    const user = salesforce.addUser({ username: 'owner@example.com', needed });
    const requestId = `refusal-${(serial += 1)}`;
    await parts.open(requestId, {
      operation: 'salesforce:users:deactivate',
      params: { userId: user.id },
      as: 'user:requester@example.com',
    });
    await inActivity(() => parts.activities.openApproval({ requestId }));
    await parts.approve(requestId, 'ann@example.com');
    expect(await parts.settle(requestId)).toMatchObject({ state: 'failed', code: 'conflict' });
    const channel = slack.channel('sec-approvals');
    const [message] = slack.messages(channel?.id ?? '');
    const text = JSON.stringify(message?.blocks);
    expect(text).toMatch(/APPROVED, then FAILED/);
    expect(text).toMatch(/FIELD_INTEGRITY_EXCEPTION.*Default Workflow User.*remedy: give the work/);
    expect(text).not.toMatch(/"actions"/);
    const record = await store.requests.get(requestId);
    expect(record && approvalDocument(record).error).toMatchObject({
      vendorCode: 'FIELD_INTEGRITY_EXCEPTION',
    });
  });

  it('with a daily limit ends at once, instead of being waited for', async () => {
    const user = parts.emulators.salesforce.addUser({ username: 'four@example.com' });
    fault({
      vendor: 'salesforce',
      method: 'PATCH',
      pathPattern: 'sobjects/User',
      status: 403,
      body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    });
    const ended = await run('salesforce:users:deactivate', { userId: user.id });
    expect(ended).toMatchObject({ state: 'failed', code: 'rate_limited', attempts: 1 });
    expect(errorOf(ended.outcome)).toMatchObject({
      message: expect.stringMatching(/24 hours/) as string,
      remedy: expect.stringMatching(/24 hours/) as string,
    });
  });

  it('with a limit of the minute is waited for, and the outcome names when arx stopped', async () => {
    const user = parts.emulators.google.addUser({ primaryEmail: 'five@example.com' });
    fault({
      vendor: 'google',
      method: 'PATCH',
      status: 403,
      body: ERROR_BODIES.google('userRateLimitExceeded', 'User Rate Limit Exceeded'),
    });
    const ended = await run('google:users:suspend', { user: user.id });
    expect(ended).toMatchObject({ state: 'failed', code: 'rate_limited', attempts: 8 });
    expect(ended.waitedMs).toBeLessThan(20 * 60_000);
    expect(errorOf(ended.outcome)).toMatchObject({
      message: expect.stringMatching(/arx stopped after 8 attempts/) as string,
    });
  });

  it('that does not tell what happened is looked up once, and not repeated', async () => {
    const user = parts.emulators.salesforce.addUser({ username: 'six@example.com' });
    fault({
      vendor: 'salesforce',
      method: 'PATCH',
      pathPattern: 'sobjects/User',
      status: 500,
      body: [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred.' }],
    });
    const ended = await run('salesforce:users:deactivate', { userId: user.id });
    expect(ended).toMatchObject({ state: 'unknown', code: 'unavailable', attempts: 1 });
    expect(begun('users:update')).toBe(1);
    expect(errorOf(ended.outcome)).toMatchObject({
      vendorCode: 'UNKNOWN_EXCEPTION',
      message: expect.stringMatching(
        /answered 500.*read the target, which does not show/s,
      ) as string,
    });
  });

  it('that does not tell what happened is a success if the target shows it', async () => {
    const user = parts.emulators.salesforce.addUser({ username: 'seven@example.com' });
    fault({
      vendor: 'salesforce',
      method: 'PATCH',
      pathPattern: 'sobjects/User',
      moment: 'after',
      status: 500,
      body: [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'x' }],
    });
    const ended = await run('salesforce:users:deactivate', { userId: user.id });
    expect(ended).toMatchObject({ state: 'succeeded', code: 'found_done', attempts: 1 });
  });

  it('that stays temporary ends as what the vendor said, not as a worker that ended', async () => {
    const { okta } = parts.emulators;
    const user = okta.addUser({ login: 'eight@example.com' });
    const group = okta.addGroup({ name: 'Eight' });
    fault({ vendor: 'okta', method: 'PUT', pathPattern: '/users/', status: 503 });
    const ended = await run('groups:add_member', { groupId: group.id, userId: user.id });
    expect(ended).toMatchObject({ state: 'failed', code: 'unavailable', attempts: 8 });
    expect(errorOf(ended.outcome)).toMatchObject({
      vendorCode: 'E0000009',
      message: expect.stringMatching(/Okta says.*arx stopped after 8 attempts/) as string,
    });
    expect(okta.isMember(group, user)).toBe(false);
  });

  it('is waited for after each call, also after the second one without an answer', async () => {
    const { okta } = parts.emulators;
    const user = okta.addUser({ login: 'nine@example.com' });
    const group = okta.addGroup({ name: 'Nine' });
    parts.emulators.faults.add({
      vendor: 'okta',
      method: 'PUT',
      pathPattern: '/users/',
      kind: 'reset',
      times: 2,
    });
    const ended = await run('groups:add_member', { groupId: group.id, userId: user.id });
    expect(ended).toMatchObject({ state: 'succeeded' });
    // Two calls without an answer, each of which may take effect for so long.
    expect(ended.waitedMs).toBeGreaterThan(2 * 34_000);
  });
});

describe('a write that does not find what was just read', () => {
  const NOT_FOUND = {
    error: { code: 'Request_ResourceNotFound', message: 'Resource does not exist.' },
  };

  it('is made again while the copies of the vendor differ', async () => {
    const user = parts.emulators.entra.addUser({ userPrincipalName: 'new@example.com' });
    fault({
      vendor: 'entra',
      method: 'PATCH',
      pathPattern: '/users/',
      times: 3,
      status: 404,
      body: NOT_FOUND,
    });
    const ended = await run('entra:users:disable', { userId: user.id });
    expect(ended).toMatchObject({ state: 'succeeded', attempts: 4 });
    expect(ended.waitedMs).toBeLessThan(60_000);
  });

  it('ends as not found after about a minute', async () => {
    const user = parts.emulators.entra.addUser({ userPrincipalName: 'never@example.com' });
    fault({
      vendor: 'entra',
      method: 'PATCH',
      pathPattern: '/users/',
      status: 404,
      body: NOT_FOUND,
    });
    const ended = await run('entra:users:disable', { userId: user.id });
    expect(ended).toMatchObject({ state: 'failed', code: 'not_found' });
    expect(ended.waitedMs).toBeLessThan(90_000);
  });
});

describe('every error in the table of a vendor, at a write', () => {
  /** A fresh account of a vendor, the write that takes its access, and whether it took effect. */
  const WRITES: Readonly<Record<ErrorVendor, () => Write>> = {
    okta: () => {
      const { okta } = parts.emulators;
      const { id } = okta.addUser({ login: `${(serial += 1)}@drawn.example` });
      const isDone = () => okta.user(id)?.status === 'SUSPENDED';
      const wire = { method: 'POST', pathPattern: `${id}/lifecycle/suspend` };
      return { operation: 'users:suspend', params: { userId: id }, wire, isDone };
    },
    entra: () => {
      const { entra } = parts.emulators;
      const user = entra.addUser({ userPrincipalName: `${(serial += 1)}@drawn.example` });
      const wire = { method: 'PATCH', pathPattern: `/users/${user.id}` };
      const params = { userId: user.id };
      const isDone = () => user.accountEnabled === false;
      return { operation: 'entra:users:disable', params, wire, isDone };
    },
    google: () => {
      const user = parts.emulators.google.addUser({
        primaryEmail: `${(serial += 1)}@drawn.example`,
      });
      const wire = { method: 'PATCH', pathPattern: `/users/${user.id}` };
      const params = { user: user.id };
      return { operation: 'google:users:suspend', params, wire, isDone: () => user.suspended };
    },
    salesforce: () => {
      const user = parts.emulators.salesforce.addUser({
        username: `${(serial += 1)}@drawn.example`,
      });
      const wire = { method: 'PATCH', pathPattern: `/User/${user.id}` };
      const params = { userId: user.id };
      return { operation: 'salesforce:users:deactivate', params, wire, isDone: () => !user.active };
    },
  };
  interface Write {
    operation: string;
    params: GovernedOperationInput['params'];
    wire: { method: string; pathPattern: string };
    isDone: () => boolean;
  }

  const drawn = fc.constantFrom(...(Object.keys(WRITES) as ErrorVendor[])).chain((vendor) =>
    fc.record({
      vendor: fc.constant(vendor),
      // A 429 makes every call of the vendor wait, in real time.
      row: fc.constantFrom(...ERROR_TABLES[vendor].rows.filter(({ status }) => status[0] !== 429)),
      moment: fc.constantFrom('before', 'before', 'after'),
      times: fc.constantFrom(1, 2, 99),
    }),
  );

  it('ends in time, says what is true, and is repeated only if that can help', async () => {
    await assertProperty(
      fc.asyncProperty(drawn, async ({ vendor, row, moment, times }) => {
        const { emulators } = parts;
        const write = WRITES[vendor]();
        const other = WRITES[vendor]();
        const mayBeDone = (row.status[0] ?? 400) >= 500 && row.ambiguous !== false;
        const body = ERROR_BODIES[vendor](row.vendorCode, 'as drawn');
        emulators.faults.clear();
        emulators.faults.add({
          vendor,
          ...write.wire,
          kind: 'status',
          moment: mayBeDone ? (moment as 'before' | 'after') : 'before',
          times,
          status: row.status[0] ?? 400,
          body,
        });
        const ended = await run(write.operation, write.params);
        const { struck = 0 } = emulators.faults.list()[0] ?? {};
        expect(ended.attempts).toBeLessThanOrEqual(8);
        expect(ended.waitedMs).toBeLessThan(30 * 60_000);
        if (ended.state === 'succeeded') expect(write.isDone()).toBe(true);
        if (ended.state === 'failed') expect(write.isDone()).toBe(false);
        expect(['succeeded', 'failed', 'unknown']).toContain(ended.state);
        expect(JSON.stringify(ended.outcome)).not.toMatch(/interrupted|worker ended/);
        if (ended.state !== 'succeeded')
          expect(errorOf(ended.outcome)).toMatchObject({
            vendorCode: row.vendorCode,
            message: expect.stringContaining('as drawn') as string,
          });
        const found = ERROR_TABLES[vendor].rows.find(
          (one) =>
            one.vendorCode === row.vendorCode &&
            (one.said?.test('as drawn') ?? true) &&
            (one.operation?.test(write.operation.replace(/^\w+:(?=\w+:)/, '')) ?? true),
        );
        // A refused token is replaced once, and an object that was just read is looked for again.
        if (found?.lasts === 'lasting' && found.code !== 'not_found' && row.status[0] !== 401)
          expect(struck).toBe(1);
        // The trouble of one account is nobody else's.
        expect(await run(other.operation, other.params)).toMatchObject({ state: 'succeeded' });
        expect(other.isDone()).toBe(true);
      }),
      { numRuns: process.env.FULL === '1' ? 200 : 8 },
    );
  });
});
