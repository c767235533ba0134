import fc from 'fast-check';
import pc from 'picocolors';
import { expect, it } from 'vitest';
import type { Capability } from '../../../src/services/integrations/capabilities.ts';
import { syncSnapshot } from '../../../src/cli/okta/sync-progress.ts';
import { permissionsText, syncText } from '../../../src/cli/okta/render.ts';
import { jsonChunks } from '../../../src/cli/twin/render.ts';
import { takeItems } from '../../../src/services/twin/views.ts';
import type { OktaSyncResult } from '../../../src/workflows/messages.ts';
import { assertProperty } from '../../support/properties.ts';

const colors = pc.createColors(false);

const capability = (changed: Partial<Capability>): Capability => ({
  name: 'logs',
  state: 'ok',
  http: 200,
  latencyMs: 12,
  limit: 120,
  reason: null,
  code: null,
  operation: 'logs:read',
  scope: 'okta.logs.read',
  without: 'No security events.',
  probes: [],
  ...changed,
});
const permissions = (...capabilities: Capability[]): string =>
  permissionsText({ org: 'example.okta.com', credential: 'ssws', capabilities }, colors);

it.each([
  ['forbidden', 'logs', /Read-only Administrator.*scope okta\.logs\.read/],
  ['forbidden', 'roles', /can view administrators/],
  ['empty', 'users', /Read-only Administrator/],
  ['unauthenticated', 'logs', /Create a new token/],
  ['policy_denied', 'logs', /grant okta logs:read to workflow:okta-sync/],
  ['unavailable', 'logs', /could not be reached/],
] as const)('says what to do about %s of %s', (code, name, remedy) => {
  const text = permissions(
    capability({ name, code, state: 'denied', http: 403, reason: 'no \u001b[31mway' }),
  );
  expect(text).toMatch(remedy);
  expect(text).toContain(`${name} denied: no way`);
  expect(text).not.toContain('A sync has all permissions');
});

it('shows that all is well, with the reported limit or a dash', () => {
  const text = permissions(
    capability({}),
    capability({ name: 'apps', http: null, latencyMs: null, limit: null }),
  );
  expect(text).toContain('A sync has all permissions.');
  expect(text).toMatch(/logs .*200 .*12 ms .*120 per window/);
  expect(text).toMatch(/apps .*– .*– .*– /);
});

const fact = (key: string, value: string): OktaSyncResult['facts'][number] => ({
  key,
  value,
  text: `${key}:${value}`,
  confidence: 'verified',
  leavesOut: null,
});

const RESULT: OktaSyncResult = {
  schema: 'arx.sync/v1',
  run: 'run-1',
  workflowId: 'w',
  org: 'example.okta.com',
  status: 'incomplete',
  startedAt: '2026-06-01T08:00:00.000Z',
  finishedAt: '2026-06-01T08:01:05.000Z',
  streams: [
    {
      name: 'users',
      state: 'complete',
      count: 1_200,
      at: '2026-06-01T08:00:00.000Z',
      reason: null,
      exceptions: [],
      exceptionCount: 0,
    },
    {
      name: 'logs',
      state: 'denied',
      count: 0,
      at: '2026-06-01T08:00:00.000Z',
      reason: 'forbidden',
      exceptions: [],
      exceptionCount: 0,
    },
  ],
  facts: [
    fact('mfa_coverage', '87%'),
    fact('mfa_factor:sms', '3'),
    { ...fact('privileged_users', '4'), leavesOut: 'members of 1 group unreadable' },
  ],
  gaps: { critical: 1, high: 2, medium: 0, low: 4 },
  drift: { admin_added: 1, gap_opened: 0 },
  events: 1,
  calls: { okta: 1_300, throttled: 2 },
};

it('sums up a sync', () => {
  const text = syncText(RESULT, colors);
  for (const part of [
    ...[
      'example.okta.com: INCOMPLETE',
      'took 1 min 5 s',
      'facts     mfa_coverage:87%, privileged_users:4 (members of 1 group unreadable)\n',
      '1 security event raised',
    ],
    ...[
      'gaps      1 critical, 2 high, 0 medium, 4 low',
      'changes   1 admin added\n',
      'okta 1,300, throttled 2',
    ],
  ])
    expect(text).toContain(part);
  expect(text).toMatch(/users .*complete .*1,200/);
  expect(text).toMatch(/logs .*denied .*0 .*forbidden/);
  expect(syncText({ ...RESULT, status: 'failed', facts: [], drift: {} }, colors)).toMatch(
    /FAILED[\s\S]*changes   none/,
  );
});

it('shows the progress of each listing, and which are incomplete', () => {
  const lists = {
    users: { listed: 40, read: 20, lost: null },
    assignees: { listed: 3, read: 3, lost: 'forbidden' },
  };
  const calls = { okta: 61, jira: 0, slack: 0, throttled: 1 };
  const glimpse = syncSnapshot({ run: 'r', phase: 'reading', lists, logEntries: 1_200 }, calls);
  expect(glimpse).toMatchObject({ phase: 'reading', done: 23, of: 43 });
  expect(glimpse.text({ perSecond: 12, steady: 12 })).toBe(
    'reading: 20 of 40 users, 3 of 3 administrators (incomplete: forbidden), 1,200 log entries, 12.0/s, 61 Okta calls, 1 throttled',
  );
});

async function* paged<Item>(pages: readonly (readonly Item[])[]): AsyncGenerator<readonly Item[]> {
  yield* pages;
}

it('writes any items, however they are paged and cut, as one JSON document', async () => {
  const pages = fc.array(fc.array(fc.jsonValue(), { maxLength: 4 }), { maxLength: 6 });
  await assertProperty(
    fc.asyncProperty(pages, fc.nat({ max: 12 }), async (given, limit) => {
      let isCut = false;
      let text = '';
      const listed = { pages: takeItems(paged(given), limit, () => (isCut = true)), columns: [] };
      for await (const piece of jsonChunks({ schema: 'arx.twin/v1' }, listed)) text += piece;
      const all = given.flat();
      const plain = JSON.parse(
        JSON.stringify({ schema: 'arx.twin/v1', items: all.slice(0, limit) }),
      ) as unknown;
      expect(JSON.parse(text)).toEqual(plain);
      expect(isCut).toBe(all.length > limit);
    }),
  );
});
