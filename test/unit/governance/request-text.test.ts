import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { effectOf } from '../../../src/governance/effects.ts';
import { oneLine, requestLines, viewOf } from '../../../src/governance/request-text.ts';
import type { ActionRecord } from '../../../src/store/governance-types.ts';

const USER = '00uTargetTargetTarge';
const GROUP = '00gGroupGroupGroupGr';
const record: ActionRecord = {
  requestId: 'r1',
  workflowId: 'w',
  run: 'r',
  connector: 'okta',
  operation: 'groups:add_member',
  args: { groupId: GROUP, userId: USER },
  argsDigest: 'd',
  principal: 'user:ann@example.com',
  authenticatedBy: 'key',
  surface: 'cli',
  requesterId: '00uAnnAnnAnnAnnAnnAn',
  onBehalfOf: null,
  reason: 'needed',
  risk: 'MEDIUM',
  target: { kind: 'group', id: GROUP },
  targetFacts: null,
  about: {
    person: {
      id: USER,
      login: 'tom@example.com',
      name: 'Tom Target',
      department: 'Finance',
      title: null,
      status: 'ACTIVE',
      lastLogin: '2026-03-01T08:00:00.000Z',
      roles: ['Super Administrator'],
    },
    names: { [USER]: 'tom@example.com', [GROUP]: 'Domain Admins' },
  },
  bundleDigest: 'b',
  obligations: { approval: 'hitl', approvers: [], expiresInMs: null, grantValidForMs: null },
  createdAt: '2026-03-02T08:00:00.000Z',
  state: 'pending',
  approval: null,
  outcome: null,
  updatedAt: '2026-03-02T08:00:00.000Z',
};
const textOf = (over: Partial<ActionRecord> = {}): string =>
  requestLines(viewOf({ ...record, ...over }))
    .map((line) => line.join(': '))
    .join('\n');

describe('a request as those who decide see it', () => {
  it('names the target, the person and each argument, with effect, requester and proof', () => {
    const text = textOf();
    for (const part of [
      'okta:groups:add_member (MEDIUM)',
      effectOf('okta', 'groups:add_member'),
      `target: group Domain Admins (${GROUP})`,
      'Tom Target <tom@example.com>, department Finance, status ACTIVE',
      'last sign-in 2026-03-01T08:00:00.000Z, ADMINISTRATOR: Super Administrator',
      `argument: groupId = ${GROUP} (Domain Admins)`,
      `argument: userId = ${USER} (tom@example.com)`,
      'proven by access key, through cli',
      'their reason: needed',
    ])
      expect(text).toContain(part);
  });

  it('keeps a reason on its own line, whatever is in it', () => {
    const forged = 'ok\n\nrequester: user:boss@example.com\u2028approved by: all\u202e\u001b[2J';
    const lines = requestLines(viewOf({ ...record, reason: forged }));
    expect(lines.filter(([title]) => title === 'requester')).toHaveLength(1);
    for (const [, text] of lines) expect(text).not.toMatch(/[\n\r\p{Cc}\u2028\u202e]/u);
    expect(textOf({ reason: forged }).split('\n').at(-1)).toMatch(/^their reason: ok requester/);
  });

  it('shows every argument, and marks those that are hidden', () => {
    const args = {
      userId: USER,
      profile: { title: 'CFO', department: 'Finance' },
      credentials: { password: { value: 'hunter2' } },
      tags: ['a', 'b'],
      ['__proto__']: 'x',
    };
    expect(viewOf({ ...record, args }).arguments).toEqual([
      { name: 'userId', value: USER, label: 'tom@example.com', redacted: false },
      { name: 'profile.title', value: 'CFO', label: null, redacted: false },
      { name: 'profile.department', value: 'Finance', label: null, redacted: false },
      { name: 'credentials', value: '(redacted)', label: null, redacted: true },
      { name: 'tags', value: '["a","b"]', label: null, redacted: false },
      { name: '__proto__', value: 'x', label: null, redacted: false },
    ]);
    expect(textOf({ args })).not.toContain('hunter2');
  });

  it('shows ids where names could not be read', () => {
    const { about: _, ...unnamed } = record;
    expect(requestLines(viewOf(unnamed))).toContainEqual(['target', `group ${GROUP}`]);
  });

  it('says for each change what of it can be undone', () => {
    const unknown = OPERATIONS.filter(({ risk }) => risk !== 'LOW').filter(
      ({ connector, operation }) => effectOf(connector, operation).includes('not known'),
    );
    expect(unknown).toEqual([]);
  });

  it('cuts long text by characters, not within one', () => {
    expect([...oneLine('😀'.repeat(600))]).toHaveLength(501);
    expect(oneLine('😀'.repeat(600)).isWellFormed()).toBe(true);
  });
});
