import { describe, expect, it } from 'vitest';
import { approvalDocument } from '../../../../src/services/approvals/approval-document.ts';
import { actionDocument } from '../../../../src/cli/kit/documents.ts';
import { historyOf } from '../../../../src/services/approvals/history.ts';
import {
  actionText,
  approvalsTable,
  approvalText,
  historyText,
} from '../../../../src/cli/approvals/render.ts';
import { sealEntry } from '../../../../src/audit/entry.ts';
import type { AuditDraft, AuditEntry } from '../../../../src/audit/types.ts';
import type { RequestAbout } from '../../../../src/governance/request-text.ts';
import type { ActionState } from '../../../../src/governance/types.ts';
import { draftOf } from '../../../support/audit.ts';
import { HOSTILE } from '../support/samples.ts';
import { AT, DEADLINE, PEOPLE, approvalOf, ioOf, recordOf } from '../governed/support.ts';

const colors = ioOf({ NO_COLOR: '1' }).io.colors.out;
const entryOf = (over: Partial<AuditDraft>): AuditEntry =>
  sealEntry(
    { ...draftOf({ subject: recordOf().requestId, at: AT, ...over }), sequence: 0 },
    '0'.repeat(64),
  ).entry;
const decided = entryOf({
  kind: 'action.decided',
  outcome: { effect: 'approval', code: 'granted' },
});

describe('the document of an approval', () => {
  it('says what is asked, who may decide and how many must', () => {
    expect(approvalDocument(recordOf())).toMatchObject({
      request: recordOf().requestId,
      workflowId: `approval/${recordOf().requestId}`,
      operation: 'users:suspend',
      state: 'PENDING',
      requester: 'user:ann@example.com',
      target: { kind: 'user', id: '00u00000000000000009' },
      deadline: DEADLINE,
      votes: [],
      needed: 1,
      eligible: [PEOPLE.bob, PEOPLE.eve],
      argsDigest: 'a'.repeat(64),
    });
  });

  it('needs as many people as quorum and policies ask at least', () => {
    expect(approvalDocument(recordOf({ approval: approvalOf({ quorum: 2 }) })).needed).toBe(2);
    const [one] = approvalOf().requirements;
    const requirements = [one!, { ...one!, policy: 'other', count: 3 }];
    expect(approvalDocument(recordOf({ approval: approvalOf({ requirements }) })).needed).toBe(3);
  });

  it('shows votes with their time', () => {
    const votes = [
      { decisionId: 'd', person: PEOPLE.bob, verdict: 'approve' as const, at: Date.parse(AT) },
    ];
    const document = approvalDocument(
      recordOf({ approval: approvalOf({ state: 'APPROVED', votes }) }),
    );
    expect(document.votes).toEqual([{ person: PEOPLE.bob, verdict: 'approve', at: AT }]);
    expect(approvalText(document, colors)).toContain(`${PEOPLE.bob} approve`);
  });
});

describe('the list of approvals', () => {
  it('shows whom each request concerns, by name or login, else by id', () => {
    const id = '00u00000000000000009';
    const person = {
      id,
      login: 'tom@example.com',
      name: 'Tom Target',
      department: null,
      title: null,
      status: 'ACTIVE',
      lastLogin: null,
      roles: [],
    };
    const listed = (about?: RequestAbout) =>
      approvalsTable([approvalDocument(recordOf({ ...(about && { about }) }))], colors);
    expect(listed({ person, names: { [id]: 'tom@example.com' } })).toContain('Tom Target');
    expect(listed({ person: null, names: { [id]: 'tom@example.com' } })).toContain(
      'tom@example.com',
    );
    expect(listed()).toContain(id);
  });
});

describe('the document of a call', () => {
  it('has the decision of the trail, the approval, and the result', () => {
    const outcome = { ok: true, result: { id: 'x' }, requestId: 'req' };
    const document = actionDocument(recordOf({ state: 'succeeded', outcome }), [decided]);
    expect(document).toMatchObject({
      schema: 'arx.action/v1',
      effect: 'approval',
      state: 'succeeded',
      decision: { effect: 'approval', code: 'granted', risk: 'HIGH', policies: ['operators-okta'] },
      approval: { state: 'PENDING', needed: 1 },
      result: { id: 'x' },
    });
    expect(document).not.toHaveProperty('error');
  });

  it.each<[ActionState, string, string]>([
    ['denied', 'denied', 'default_deny'],
    ['rejected', 'rejected', 'rejected'],
    ['cancelled', 'rejected', 'cancelled'],
    ['expired', 'expired', 'expired'],
    ['stale', 'stale', 'target_changed'],
    ['failed', 'failed', 'forbidden'],
    ['unknown', 'unknown', 'unavailable'],
  ])('a request that is %s ended as %s with %s', (state, shown, code) => {
    const document = actionDocument(recordOf({ state, outcome: { code } }), [decided]);
    expect(document).toMatchObject({
      state: shown,
      error: { code, message: expect.stringMatching(/\w{4}/) },
    });
    expect(document).not.toHaveProperty('result');
    expect(actionText(document, colors)).toContain(code);
  });

  it('shows the hints of a denial', () => {
    const record = recordOf({
      state: 'denied',
      approval: null,
      outcome: { code: 'risk_ceiling', hints: ['raise risk_max'] },
    });
    const denied = entryOf({
      kind: 'action.denied',
      outcome: { effect: 'deny', code: 'risk_ceiling' },
    });
    const document = actionDocument(record, [denied]);
    expect(document).toMatchObject({ effect: 'deny', decision: { hints: ['raise risk_max'] } });
    expect(actionText(document, colors)).toContain('raise risk_max');
  });
});

describe('the history of a request', () => {
  it('describes every kind of entry in a sentence, in order', () => {
    const entries = [
      entryOf({ kind: 'action.requested' }),
      decided,
      entryOf({ kind: 'approval.opened' }),
      entryOf({ kind: 'approval.notified', outcome: { told: false, code: 'forbidden' } }),
      entryOf({ kind: 'approval.reminded', outcome: { reminder: 1 } }),
      entryOf({ kind: 'approval.escalated', outcome: { added: 2 } }),
      entryOf({ kind: 'approval.refused', outcome: { code: 'banned', person: PEOPLE.ann } }),
      entryOf({ kind: 'approval.refused', outcome: { code: 'unsigned', person: null } }),
      entryOf({
        kind: 'approval.answered',
        outcome: { verdict: 'approve', person: PEOPLE.bob, surface: 'cli' },
      }),
      entryOf({ kind: 'grant.issued' }),
      entryOf({ kind: 'approval.closed', outcome: { state: 'APPROVED' } }),
      entryOf({ kind: 'action.started' }),
      entryOf({ kind: 'action.succeeded' }),
      entryOf({ kind: 'grant.used' }),
    ];
    const story = historyOf(recordOf({ state: 'succeeded' }), entries);
    expect(story.map(({ kind }) => kind)).toEqual(entries.map(({ kind }) => kind));
    const text = historyText(story, colors);
    expect(text).toContain(
      'user:ann@example.com requested okta:users:suspend on user 00u00000000000000009: left the company',
    );
    expect(text).toContain('policy decision: approval by operators-okta at risk HIGH');
    expect(text).toContain(`1 of 2 must approve by ${DEADLINE}`);
    expect(text).toMatch(new RegExp(`decision by ${PEOPLE.ann} was refused: .*\\(banned\\)`));
    expect(text).toContain('an unauthenticated user was refused');
    expect(text).toContain(`${PEOPLE.bob} approved it (cli)`);
    expect(text.split('\n')).toHaveLength(entries.length);
  });

  it('tells why nothing was sent', () => {
    const stale = entryOf({
      kind: 'grant.stale',
      outcome: { state: 'stale', code: 'target_changed' },
    });
    const denied = entryOf({
      kind: 'action.denied',
      outcome: { effect: 'deny', code: 'default_deny' },
    });
    const record = recordOf({
      state: 'denied',
      outcome: { code: 'default_deny', hints: ['ask for a policy'] },
    });
    const text = historyText(historyOf(record, [stale, denied]), colors);
    expect(text).toMatch(/target_changed/);
    expect(text).toMatch(
      /no policy grants it \(default_deny\); ask for a policy; nothing was sent/,
    );
  });
});

it('foreign text stays one line without escape sequences', () => {
  const record = recordOf({
    reason: HOSTILE.ansi + HOSTILE.line,
    principal: `user:${HOSTILE.bidi}`,
  });
  const document = approvalDocument(record);
  const story = historyOf(record, [entryOf({ kind: 'action.requested' })]);
  for (const text of [
    approvalText(document, colors),
    approvalsTable([document], colors),
    historyText(story, colors),
  ]) {
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u001b\u202e\r]/);
  }
  expect(historyText(story, colors).split('\n')).toHaveLength(1);
});
