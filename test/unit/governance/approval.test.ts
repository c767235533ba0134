import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canBeMet, isStillMet, reduceApproval } from '../../../src/governance/approval.ts';
import type { Approval, ApprovalAnswer, ApprovalEvent } from '../../../src/governance/approval.ts';
import { assertProperty } from '../../support/properties.ts';

const DEADLINE = 1_000_000;
const GRACE = 60_000;
const PEOPLE = ['ann', 'bob', 'cyd', 'dee', 'requester', 'target'];

const approval = (over: Partial<Approval> = {}): Approval => ({
  state: 'PENDING',
  deadline: DEADLINE,
  grace: GRACE,
  requirements: [{ policy: 'p', count: 1, eligible: ['ann', 'bob', 'requester', 'target'] }],
  quorum: 1,
  banned: ['requester', 'target'],
  votes: [],
  ...over,
});
let serial = 0;
const decision = (
  person: string,
  verdict: 'approve' | 'deny',
  at = 10,
  received = at,
): ApprovalEvent => ({
  type: 'decision',
  decisionId: `d${(serial += 1)}`,
  person,
  verdict,
  at,
  received,
});

function play(
  start: Approval,
  ...events: ApprovalEvent[]
): { approval: Approval; answers: ApprovalAnswer[] } {
  const answers: ApprovalAnswer[] = [];
  const end = events.reduce((now, event) => {
    const step = reduceApproval(now, event);
    answers.push(step.answer);
    return step.approval;
  }, start);
  return { approval: end, answers };
}

describe('reduceApproval', () => {
  it.each<[string, Approval, ApprovalEvent[], Approval['state'], ApprovalAnswer[]]>([
    ['one approval is enough', approval(), [decision('ann', 'approve')], 'APPROVED', ['counted']],
    [
      'one deny ends it',
      approval({ quorum: 2 }),
      [decision('ann', 'approve'), decision('bob', 'deny')],
      'DENIED',
      ['counted', 'counted'],
    ],
    [
      'never by the requester',
      approval(),
      [decision('requester', 'approve')],
      'PENDING',
      ['banned'],
    ],
    ['never by the target', approval(), [decision('target', 'approve')], 'PENDING', ['banned']],
    ['never by a stranger', approval(), [decision('cyd', 'approve')], 'PENDING', ['not_eligible']],
    [
      'one vote a person',
      approval({ quorum: 2 }),
      [decision('ann', 'approve'), decision('ann', 'approve')],
      'PENDING',
      ['counted', 'already_voted'],
    ],
    [
      'a millisecond before the deadline',
      approval(),
      [decision('ann', 'approve', DEADLINE - 1)],
      'APPROVED',
      ['counted'],
    ],
    [
      'at the deadline',
      approval(),
      [decision('ann', 'approve', DEADLINE)],
      'PENDING',
      ['too_late'],
    ],
    [
      'made in time, delivered within the grace',
      approval(),
      [decision('ann', 'approve', DEADLINE - 1, DEADLINE + GRACE - 1)],
      'APPROVED',
      ['counted'],
    ],
    [
      'made in time, delivered after the grace',
      approval(),
      [decision('ann', 'approve', DEADLINE - 1, DEADLINE + GRACE)],
      'EXPIRED',
      ['too_late'],
    ],
    [
      'the deadline alone waits for the grace',
      approval(),
      [{ type: 'time', now: DEADLINE }],
      'PENDING',
      ['noted'],
    ],
    [
      'silence expires',
      approval(),
      [{ type: 'time', now: DEADLINE + GRACE }],
      'EXPIRED',
      ['noted'],
    ],
    [
      'from the future',
      approval(),
      [decision('ann', 'approve', 50_000, 10)],
      'PENDING',
      ['from_the_future'],
    ],
    [
      'the first end is final',
      approval(),
      [{ type: 'cancel' }, decision('ann', 'approve')],
      'CANCELLED',
      ['noted', 'closed'],
    ],
    [
      'escalation adds people and keeps the count',
      approval({ quorum: 2 }),
      [
        { type: 'escalate', added: ['cyd'] },
        decision('cyd', 'approve'),
        decision('ann', 'approve'),
      ],
      'APPROVED',
      ['noted', 'counted', 'counted'],
    ],
  ])('%s', (_, start, events, state, answers) => {
    const end = play(start, ...events);
    expect(end.approval.state).toBe(state);
    expect(end.answers).toEqual(answers);
  });

  it('answers a repeated decision as repeated, before and after the end', () => {
    const once = decision('ann', 'approve');
    expect(play(approval({ quorum: 2 }), once, once).answers).toEqual(['counted', 'repeated']);
    expect(play(approval(), once, once).answers).toEqual(['counted', 'repeated']);
  });

  const event = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant('decision' as const),
        decisionId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
        person: fc.constantFrom(...PEOPLE),
        verdict: fc.constantFrom('approve' as const, 'approve' as const, 'deny' as const),
        at: fc.integer({ min: 0, max: DEADLINE + GRACE }),
        received: fc.integer({ min: 0, max: DEADLINE + 2 * GRACE }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('time' as const),
        now: fc.integer({ min: 0, max: DEADLINE + 2 * GRACE }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'cancel' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('escalate' as const), added: fc.subarray(PEOPLE) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('found' as const),
        eligible: fc.array(fc.subarray(PEOPLE), { maxLength: 3 }),
        unread: fc.constantFrom(
          [],
          [{ source: 'group:g', code: 'slow', message: 'slow', temporary: true }],
        ),
      }),
    },
  );
  const start = fc.record({
    quorum: fc.integer({ min: 1, max: 3 }),
    requirements: fc.array(
      fc.record({
        policy: fc.constant('p'),
        count: fc.integer({ min: 1, max: 2 }),
        eligible: fc.subarray(PEOPLE),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  });

  it('keeps its invariants over thousands of interleavings', () => {
    assertProperty(
      fc.property(start, fc.array(event, { maxLength: 20 }), (over, events) => {
        let now = approval(over);
        for (const one of events) {
          const { approval: next, answer } = reduceApproval(now, one);
          if (now.state !== 'PENDING') expect(next).toEqual(now);
          if (answer !== 'counted') expect(next.votes).toEqual(now.votes);
          expect(next.quorum).toBe(now.quorum);
          for (const [place, { count, eligible }] of next.requirements.entries()) {
            expect(count).toBe(now.requirements[place]?.count);
            expect(eligible).toEqual(
              expect.arrayContaining([...(now.requirements[place]?.eligible ?? [])]),
            );
          }
          now = next;
        }
        const approvers = now.votes
          .filter(({ verdict }) => verdict === 'approve')
          .map(({ person }) => person);
        expect(new Set(now.votes.map(({ person }) => person)).size).toBe(now.votes.length);
        expect(approvers).not.toContain('requester');
        expect(approvers).not.toContain('target');
        for (const { at } of now.votes) expect(at).toBeLessThan(DEADLINE);
        if (now.state === 'APPROVED') {
          expect(approvers.length).toBeGreaterThanOrEqual(over.quorum);
          for (const { eligible, count } of now.requirements) {
            expect(
              approvers.filter((person) => eligible.includes(person)).length,
            ).toBeGreaterThanOrEqual(count);
          }
          expect(now.votes.every(({ verdict }) => verdict === 'approve')).toBe(true);
        }
        if (now.state === 'DENIED') expect(now.votes.at(-1)?.verdict).toBe('deny');
      }),
      { numRuns: 5_000 },
    );
  });

  it('counts again as a plain reading of the rules does, whoever is eligible by then', () => {
    const voters = fc.uniqueArray(fc.constantFrom(...PEOPLE), { maxLength: 5 });
    // A user may be in several sources of one requirement.
    const some = fc.array(fc.constantFrom(...PEOPLE), { maxLength: 8 });
    const eligible = fc.array(some, { minLength: 3, maxLength: 3 });
    assertProperty(
      fc.property(start, voters, eligible, (over, people, now) => {
        const votes = people.map((person) => ({
          decisionId: person,
          person,
          verdict: 'approve' as const,
          at: 1,
        }));
        const able = (at: number): string[] =>
          people.filter((one) => now[at]?.includes(one) && !['requester', 'target'].includes(one));
        const enough = over.requirements.every(({ count }, at) => able(at).length >= count);
        const distinct = new Set(over.requirements.flatMap((_, at) => able(at)));
        const met = enough && distinct.size >= over.quorum;
        expect(isStillMet(approval({ ...over, votes }), now)).toBe(met);
      }),
      { numRuns: 2_000 },
    );
  });

  it('says in advance whether the requirements can be met', () => {
    const base = approval();
    expect(canBeMet(base)).toBe(true);
    expect(canBeMet({ ...base, quorum: 3 })).toBe(false);
    expect(
      canBeMet({ ...base, requirements: [{ policy: 'p', count: 1, eligible: ['requester'] }] }),
    ).toBe(false);
  });
});
