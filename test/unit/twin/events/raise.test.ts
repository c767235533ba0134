import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { raise } from '../../../../src/twin/events/raise.ts';
import type {
  CarryOver,
  Condition,
  EventRule,
  LogEntry,
} from '../../../../src/twin/events/types.ts';
import {
  ALICE,
  BOB,
  entryOf,
  HOUR,
  MINUTE,
  several,
  SETTINGS,
  SHIPPED,
  START,
  windowTo,
} from './support/entries.ts';
import { assertProperty } from '../../../support/properties.ts';

const iso = (ms: number) => new Date(START + ms).toISOString();
const pairs = (events: readonly { uuid: string; rule: string }[]) => [
  ...new Set(events.map(({ uuid, rule }) => `${uuid} ${rule}`)),
];

const KINDS = [
  ...[
    { eventType: 'user.session.start', outcome: 'FAILURE' },
    { eventType: 'user.mfa.okta_verify.deny_push' },
  ],
  ...[{ eventType: 'user.account.lock' }, { eventType: 'user.mfa.factor.update' }],
  ...[
    { eventType: 'user.session.start', isProxy: true },
    { eventType: 'user.mfa.factor.deactivate' },
  ],
  ...[
    { eventType: 'user.mfa.factor.activate' },
    { eventType: 'zone.delete' },
    { eventType: 'user.session.end' },
  ],
] satisfies Partial<LogEntry>[];

const SPAN = 40 * HOUR;
/** Bursts of entries of one kind each, over 40 hours. */
const log = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      who: fc.constantFrom(ALICE, BOB),
      from: fc.integer({ min: 0, max: SPAN }),
      count: fc.integer({ min: 1, max: 14 }),
      step: fc.constantFrom(0, 1000, MINUTE, 2 * MINUTE, 10 * MINUTE),
    }),
    { maxLength: 14 },
  )
  .map((bursts) =>
    bursts.flatMap(({ kind, who, from, count, step }) =>
      several(count, step, (at) =>
        entryOf(kind.eventType, { ...kind, at: from + at, actor: who, targets: [who] }),
      ),
    ),
  )
  .map((entries) => entries.filter(({ published }) => Date.parse(published) < START + SPAN));
/** Where windows end, and how far each one overlaps the previous ones. */
const cuts = fc
  .array(
    fc.record({
      end: fc.integer({ min: 1, max: SPAN - 1 }),
      back: fc.integer({ min: 0, max: 15 * HOUR }),
    }),
    {
      maxLength: 12,
    },
  )
  .map((list) => [...list.sort((a, b) => a.end - b.end), { end: SPAN, back: HOUR }]);

describe('windows', () => {
  it('raise the same events as the whole log, however they are split and overlap', () => {
    assertProperty(
      fc.property(log, cuts, fc.boolean(), (entries, windows, reversed) => {
        const whole = raise(SHIPPED, entries, { settings: SETTINGS, window: windowTo(SPAN) });
        const found: string[] = [];
        let carried: CarryOver | null = null;
        let ended = 0;
        for (const { end, back } of windows) {
          const window = { since: iso(Math.max(0, ended - back)), until: iso(end) };
          const read = entries.filter(
            ({ published }) => published >= window.since && published < window.until,
          );
          const part = raise(SHIPPED, reversed ? [...read, ...read].toReversed() : read, {
            settings: SETTINGS,
            window,
            carried,
          });
          found.push(...pairs(part.events));
          carried = JSON.parse(JSON.stringify(part.carried)) as CarryOver;
          ended = end;
        }
        expect([...new Set(found)].sort()).toEqual(pairs(whole.events).sort());
      }),
      { numRuns: 150 },
    );
  });

  it('accept entries that were listed late, up to the overlap', () => {
    const [first, ...others] = several(5, MINUTE, (at) =>
      entryOf('user.mfa.okta_verify.deny_push', { at }),
    );
    const late = others[1];
    const early = [first, others[0], others[2]];
    const one = raise(SHIPPED, early, { settings: SETTINGS, window: windowTo(4 * MINUTE) });
    expect(one.events).toEqual([]);
    const window = { since: iso(0), until: iso(9 * MINUTE) };
    const next = { since: iso(1), until: window.until };
    const { events } = raise(SHIPPED, [late, others[2], others[3]], {
      settings: SETTINGS,
      window: next,
      carried: one.carried,
    });
    expect(events.map(({ uuid }) => uuid)).toEqual([others[3]?.uuid]);
  });

  it('count entries that were listed later still within twin.log_lateness, and raise once', () => {
    const lateness = { ...SETTINGS, logLatenessMs: HOUR };
    const push = (at: number) => entryOf('user.mfa.okta_verify.deny_push', { at: at * MINUTE });
    const entries = [0, 1, 2, 3, 4].map(push);
    const [late, ...early] = [entries[2], entries[0], entries[1], entries[3], entries[4]];
    const first = raise(SHIPPED, early, { settings: lateness, window: windowTo(40 * MINUTE) });
    expect(first.events).toEqual([]);
    const window = { since: iso(-20 * MINUTE), until: iso(45 * MINUTE) };
    const next = { ...window, since: iso(1) };
    const { events } = raise(SHIPPED, [late], {
      settings: lateness,
      window: next,
      carried: first.carried,
    });
    expect(events.map(({ uuid }) => uuid)).toEqual([entries[4]?.uuid]);
    const again = raise(SHIPPED, [late, push(2.5)], {
      settings: lateness,
      window: next,
      carried: first.carried,
      raised: events,
    });
    expect(again.events).toEqual([]);
    // Another burst is another event.
    const other = [20, 21, 22, 23, 24].map(push);
    const more = raise(SHIPPED, [late, ...other], {
      settings: lateness,
      window: next,
      carried: first.carried,
      raised: events,
    });
    expect(more.events.map(({ uuid }) => uuid)).toEqual([entries[4]?.uuid, other[4]?.uuid]);
  });

  it('that start before everything read so far are evaluated on their own', () => {
    const locks = several(3, MINUTE, (at) => entryOf('user.account.lock', { at }));
    const recent = raise(SHIPPED, [], {
      settings: SETTINGS,
      window: { since: iso(HOUR), until: iso(2 * HOUR) },
    });
    const back = { since: iso(0), until: iso(3 * HOUR) };
    const again = raise(SHIPPED, locks, {
      settings: SETTINGS,
      window: back,
      carried: recent.carried,
    });
    expect(again.events.map(({ rule }) => rule)).toEqual(['user.account.lock']);
    expect(again.carried).toMatchObject(back);
    const old = raise(SHIPPED, locks, {
      settings: SETTINGS,
      window: windowTo(HOUR),
      carried: recent.carried,
    });
    expect(old.events).toHaveLength(1);
    expect(old.carried).toEqual(recent.carried);
  });

  it('carry over only a few entries, however many there were', () => {
    const attack = several(20_000, 60, (at) =>
      entryOf('user.session.start', { at, outcome: 'FAILURE', ipAddress: '203.0.113.9' }),
    );
    const { carried, events } = raise(SHIPPED, attack, {
      settings: SETTINGS,
      window: windowTo(2 * HOUR),
    });
    expect(events).toHaveLength(1);
    expect(carried.entries).toHaveLength(10);
    // Also if late entries count: then not for this rule.
    const late = raise(SHIPPED, attack, {
      settings: { ...SETTINGS, logLatenessMs: HOUR },
      window: windowTo(30 * MINUTE),
    });
    expect(late.carried.entries.length).toBeLessThan(5_100);
    expect(late.carried.shortened).toEqual(['user.session.start/failures']);
  });
});

describe('a threshold', () => {
  it('is reached once by a burst, and again only after the count was below it', () => {
    const push = (at: number) => entryOf('user.mfa.okta_verify.deny_push', { at });
    const entries = [...several(12, MINUTE, push), ...several(5, MINUTE, (at) => push(at + HOUR))];
    const { events } = raise(SHIPPED, entries, { settings: SETTINGS });
    expect(events.map(({ uuid }) => uuid)).toEqual([entries[4]?.uuid, entries[16]?.uuid]);
  });
});

describe('entries', () => {
  const grant = entryOf('group.privilege.grant');
  it('that are malformed are skipped and counted', () => {
    const odd = [
      null,
      7,
      'x',
      [],
      {},
      { ...grant, uuid: '' },
      { ...grant, published: 'yesterday' },
    ];
    const more = [
      { ...grant, eventType: 5 },
      { ...grant, published: '2026-99-01T00:00:00Z' },
    ];
    const inherited = Object.create(grant) as unknown;
    const { events, malformed } = raise(SHIPPED, [...odd, grant, ...more, inherited], {
      settings: SETTINGS,
    });
    expect(malformed).toBe(10);
    expect(events.map(({ uuid }) => uuid)).toEqual([grant.uuid]);
  });

  it('with invalid parts are used with their valid parts', () => {
    const parts = {
      actor: 'me',
      targets: [null, { id: 7 }],
      behaviors: 'New IP',
      idps: null,
      isProxy: 'true',
      reason: 3,
    };
    const { events, malformed } = raise(SHIPPED, [{ ...grant, ...parts }], { settings: SETTINGS });
    expect({ events, malformed }).toMatchObject({
      events: [{ actor: null, target: null }],
      malformed: 0,
    });
  });

  it('of unknown types raise nothing, and each uuid counts once', () => {
    const entries = [entryOf('something.new'), grant, { ...grant }, grant];
    expect(raise(SHIPPED, entries, { settings: SETTINGS }).events).toHaveLength(1);
    expect(raise(SHIPPED, [], { settings: SETTINGS })).toMatchObject({
      events: [],
      carried: { entries: [] },
    });
  });

  it('are evaluated in linear time', () => {
    const made = (count: number) =>
      several(count, 1000, (at, n) => {
        const rest: Partial<LogEntry> = { ...KINDS[n % KINDS.length] };
        return entryOf(rest.eventType ?? '', {
          ...rest,
          at,
          actor: { ...ALICE, id: `00u${n % 50}` },
        });
      });
    const time = (entries: LogEntry[]) => {
      const from = performance.now();
      raise(SHIPPED, entries, { settings: SETTINGS });
      return performance.now() - from;
    };
    const [few, many] = [made(10_000), made(80_000)];
    time(few);
    expect(time(many)).toBeLessThan(8 * 6 * Math.max(time(few), 5));
  });
});

describe('conditions', () => {
  const rule = (when: Condition[], types = ['a.b']): EventRule => ({
    name: 'r',
    description: '',
    types,
    when,
    trigger: { kind: 'single' },
    severity: 'low',
    tactic: 'Impact',
    technique: 'T1531',
  });
  const raises = (when: Condition[], given: Partial<LogEntry> = {}) =>
    raise([rule(when)], [entryOf('a.b', given)], {
      settings: { expectedIdps: [], privilegedGroups: ['g1'] },
    }).events.length === 1;
  const groups = { targets: [ALICE, { id: 'g1', type: 'UserGroup', login: null }] };

  it.each<[Condition, Partial<LogEntry>, boolean]>([
    [{ field: 'outcome', operator: 'eq', value: 'SUCCESS' }, {}, true],
    [{ field: 'outcome', operator: 'eq', value: 'success' }, {}, false],
    [{ field: 'outcome', operator: 'ne', value: 'SUCCESS' }, {}, false],
    [{ field: 'outcome', operator: 'ne', value: 'SUCCESS' }, { outcome: null }, true],
    [{ field: 'outcome', operator: 'eq', value: null }, { outcome: null }, true],
    [{ field: 'isProxy', operator: 'eq', value: false }, {}, true],
    [{ field: 'outcome', operator: 'in', value: ['DENY', 'SUCCESS'] }, {}, true],
    [{ field: 'outcome', operator: 'not_in', value: ['DENY'] }, {}, true],
    [{ field: 'targets.type', operator: 'eq', value: 'UserGroup' }, groups, true],
    [{ field: 'targets.type', operator: 'ne', value: 'UserGroup' }, groups, false],
    [
      { field: 'targets.id', operator: 'in', value: { setting: 'twin.privileged_groups' } },
      groups,
      true,
    ],
    [{ field: 'idps', operator: 'not_in', value: { setting: 'twin.expected_idps' } }, {}, true],
    [
      { field: 'reason', operator: 'contains', value: 'Password' },
      { reason: 'wrong password' },
      true,
    ],
    [{ field: 'reason', operator: 'not_contains', value: 'password' }, {}, true],
    [{ field: 'ipAddress', operator: 'starts_with', value: '198.51.' }, {}, true],
    [{ field: 'ipAddress', operator: 'starts_with', value: '51.' }, {}, false],
    [{ field: 'country', operator: 'exists' }, {}, false],
    [{ field: 'country', operator: 'missing' }, {}, true],
    [{ field: 'constructor', operator: 'exists' }, {}, false],
    [{ field: 'actor.__proto__.toString', operator: 'exists' }, {}, false],
    [{ field: 'targets.length', operator: 'exists' }, groups, false],
  ])('%j', (condition, given, expected) => {
    expect(raises([condition], given)).toBe(expected);
  });

  it('must all be met, and a type may be a prefix', () => {
    expect(
      raises([
        { field: 'outcome', operator: 'exists' },
        { field: 'country', operator: 'exists' },
      ]),
    ).toBe(false);
    const entries = ['a.b', 'a.b.c', 'a.b.c.d', 'a.bc', 'a'].map((type) => entryOf(type));
    const { events } = raise([rule([], ['a.b.*'])], entries, { settings: SETTINGS });
    expect(events.map(({ uuid }) => uuid)).toEqual([entries[1]?.uuid, entries[2]?.uuid]);
  });
});
