import { describe, expect, it } from 'vitest';
import { streamOf } from '../../../../src/activities/twin/streams.ts';
import type { SyncAccount } from '../../../../src/activities/twin/streams.ts';
import type { StreamException } from '../../../../src/twin/types.ts';

const NONE = { read: 0, refused: 0, skipped: 0, failed: 0, gone: 0 };
const works = ['factors', 'members', 'group_roles', 'user_roles', 'app_users', 'app_groups'];
const account = (rules: number): SyncAccount => ({
  listed: { logs: 7, users: 3, apps: 1 },
  lost: {},
  outcomes: Object.fromEntries(works.map((work) => [work, NONE])) as SyncAccount['outcomes'],
  exceptions: [],
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

describe('a stream with refused items', () => {
  const refused = (id: string): StreamException => ({
    what: 'members',
    id,
    code: 'forbidden',
    status: 403,
  });
  const withMembers = (
    members: Partial<typeof NONE>,
    exceptions: StreamException[],
  ): SyncAccount => {
    const { outcomes, ...rest } = account(1);
    return { ...rest, exceptions, outcomes: { ...outcomes, members: { ...NONE, ...members } } };
  };

  it('is complete but for them, and names them', () => {
    const exceptions = [refused('00g1'), refused('00g2')];
    const given = withMembers({ read: 5, refused: 2 }, exceptions);
    expect(streamOf('users', AT, given)).toEqual({
      name: 'users',
      state: 'complete',
      count: 3,
      at: AT,
      reason:
        'members of 2 groups unreadable: 00g1 (forbidden, HTTP status 403), 00g2 (forbidden, HTTP status 403)',
      exceptions,
    });
    expect(streamOf('apps', AT, given)).toMatchObject({ reason: null, exceptions: [] });
  });

  it.each([
    ['most of them are refused', { read: 2, refused: 3 }],
    ['one may be read later', { read: 5, failed: 1 }],
    ['all are refused', { refused: 1 }],
  ])('is partial if %s', (_, members) => {
    const given = withMembers(members, []);
    expect(streamOf('users', AT, given).state).toBe('partial');
  });
});
