import { describe, expect, it } from 'vitest';
import { streamOf } from '../../../../src/activities/twin/streams.ts';
import type { SyncAccount } from '../../../../src/activities/twin/streams.ts';

const NONE = { read: 0, refused: 0, failed: 0 };
const works = ['factors', 'members', 'group_roles', 'user_roles', 'app_users', 'app_groups'];
const account = (rules: number): SyncAccount => ({
  listed: { logs: 7, users: 3, apps: 1 },
  lost: {},
  outcomes: Object.fromEntries(works.map((work) => [work, NONE])) as SyncAccount['outcomes'],
  failure: null,
  maxUnknown: 0,
  rules,
});
const AT = '2026-01-01T00:00:00.000Z';

describe('streamOf', () => {
  it('marks a complete log read without rules as raising no events', () => {
    expect(streamOf('logs', AT, account(0))).toMatchObject({
      state: 'complete',
      reason: expect.stringMatching(/^no rules for security events/),
    });
  });

  it('has no such mark if there are rules, or for other streams', () => {
    expect(streamOf('logs', AT, account(1))).toMatchObject({ state: 'complete', reason: null });
    expect(streamOf('apps', AT, account(0))).toMatchObject({ state: 'complete', reason: null });
  });
});
