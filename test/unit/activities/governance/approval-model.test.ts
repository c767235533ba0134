import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { INPUT_VALID_MS } from '../../../../src/governance/stored-input.ts';
import type { Policy } from '../../../../src/governance/types.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { GovernedSteps } from '../../../support/governed-steps.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { policy } from '../../../support/policies.ts';
import { assertProperty } from '../../../support/properties.ts';

/** The group whose members approve; ann, bob and late are in it, as far as a move says so. */
const OWNERS = ['ann', 'bob', 'late'] as const;
/** The default approver, added by the escalation; and a member of the Slack channel. */
const PEOPLE = [...OWNERS, 'default', 'slack', 'requester'] as const;
type Person = (typeof PEOPLE)[number];

type Move =
  | { kind: 'vote'; who: Person }
  | { kind: 'join' | 'leave'; who: (typeof OWNERS)[number] }
  | { kind: 'rename' | 'escalate' | 'slack' }
  | { kind: 'replay'; how: keyof typeof REPLAYS };

/** How somebody starts an old workflow again in Temporal, and why it opens no request. */
const REPLAYS = {
  again: 'input_used',
  sameRun: 'input_used',
  late: 'input_expired',
  elsewhere: 'input_elsewhere',
} as const;

interface Life {
  /** `named`: by the group; `rights`: the same for a change of who may approve; `channel`. */
  request: 'named' | 'rights' | 'channel';
  requester: 'known' | 'unknown';
  moves: readonly Move[];
}

/** What a plain reading of the rules makes of one request. */
class Model {
  readonly members = new Set<Person>(['ann', 'bob']);
  readonly joined = new Set<Person>();
  readonly votes = new Set<Person>();
  eligible = new Set<Person>();
  isRenamed = false;
  isEscalated = false;
  isSlackUp = true;
  readonly #life: Life;

  constructor(life: Life) {
    this.#life = life;
  }

  opens(): { state: string; code: string | null } {
    if (this.#life.requester === 'unknown')
      return { state: 'denied', code: 'requester_unresolved' };
    // The members of the channel were read a moment ago, and are reused even if Slack is down.
    this.eligible = this.#life.request === 'channel' ? new Set(['default', 'slack']) : this.#now();
    if (this.eligible.size === 0) return { state: 'denied', code: 'no_eligible_approver' };
    return { state: 'pending', code: null };
  }

  escalates(): void {
    this.isEscalated = true;
    this.eligible.add('default');
  }

  /** Whether the vote approves the request. */
  approves(who: Person): boolean {
    const found = this.#life.request === 'channel' && who === 'slack' && this.isSlackUp;
    if (found) this.eligible.add(who);
    if (who === 'requester' || !this.eligible.has(who)) return false;
    this.votes.add(who);
    return true;
  }

  ends(): string {
    const now = this.#now();
    if ([...this.votes].some((who) => now.has(who))) return 'succeeded';
    const unreadable = this.#life.request === 'channel' && !this.isSlackUp;
    return unreadable ? 'approvers_unreadable' : 'approver_changed';
  }

  #now(): Set<Person> {
    const { request } = this.#life;
    if (request === 'channel') return new Set(this.isSlackUp ? ['default', 'slack'] : ['default']);
    const late = (who: Person): boolean => request === 'rights' && this.joined.has(who);
    const named = this.isRenamed ? [] : [...this.members].filter((who) => !late(who));
    return new Set([...named, ...(this.isEscalated ? (['default'] as const) : [])]);
  }
}

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('vote'), who: fc.constantFrom(...PEOPLE) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('join', 'leave'),
      who: fc.constantFrom(...OWNERS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('rename', 'escalate', 'slack') }) },
) as fc.Arbitrary<Move>;
const replay: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('replay'),
  how: fc.constantFrom(...(Object.keys(REPLAYS) as (keyof typeof REPLAYS)[])),
});
const moves = fc.array(move, { maxLength: 5 });
const life: fc.Arbitrary<{ before: Move[]; life: Life }> = fc.record({
  before: moves,
  life: fc.record({
    request: fc.constantFrom('named', 'rights', 'channel'),
    requester: fc.constantFrom('known', 'known', 'known', 'unknown'),
    moves: fc.array(fc.oneof({ weight: 11, arbitrary: move }, { weight: 2, arbitrary: replay }), {
      maxLength: 6,
    }),
  }),
});

describe('an approval whose approvers change', () => {
  let database: TestDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });

  const granting = (name: string, given: Partial<Policy>): Policy =>
    policy({
      name,
      principals: ['user:*'],
      operations: ['users:suspend', 'groups:add_member'],
      riskMax: 'HIGH',
      ...given,
    });

  it('ends as a plain model says, in any order of votes, joining, leaving, renaming, escalation, outages and replayed inputs', async () => {
    await assertProperty(
      fc.asyncProperty(life, async (given) => {
        const emulators = await startEmulators({ profile: 'empty', rateLimit: 0, log: null });
        try {
          await live(emulators, given);
        } finally {
          await emulators.close();
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
  }, 300_000);

  async function live(
    { okta, slack, faults, document, ...rest }: RunningEmulators,
    { before, life }: { before: readonly Move[]; life: Life },
  ): Promise<void> {
    const emulators = { okta, slack, faults, document, ...rest };
    const user = (name: string, groups: string[] = []) =>
      okta.addUser({ login: `${name}@example.com`, groups });
    const users = Object.fromEntries(
      PEOPLE.map((name) => [name, user(name, name === 'default' ? ['Approvers'] : [])]),
    ) as Record<Person, ReturnType<typeof user>>;
    const owners = okta.addGroup({ name: 'Owners' });
    for (const name of ['ann', 'bob'] as const) owners.members?.add(users[name].id);
    const target = user('target');
    slack.members.length = 0;
    slack.addMember({ email: 'slack@example.com' });
    const named = { any_of: ['group:Owners'], count: 1, expiresInMs: null, grantValidForMs: null };
    const governed = new GovernedSteps(store, emulators, {
      policies: [
        life.request === 'channel'
          ? granting('one', { hitlChannel: document.slackChannel })
          : granting('one', { approvers: named }),
      ],
      only: true,
    });
    // The name of the group is resolved once before anything changes.
    await governed.open(suspending(user('first').id));
    const model = new Model(life);
    const make = async (one: Move): Promise<void> => {
      if (one.kind === 'join' || one.kind === 'leave') {
        const { id } = users[one.who];
        if (one.kind === 'leave') {
          owners.members?.delete(id);
          model.members.delete(one.who);
          return;
        }
        owners.members?.add(id);
        model.members.add(one.who);
        model.joined.add(one.who);
        const party = (of: string) => ({ id: of, type: 'X', alternateId: of, displayName: of });
        const targets = [party(id), party(owners.id)];
        okta.log.add({ eventType: 'group.user_membership.add', targets });
      } else if (one.kind === 'rename') {
        model.isRenamed = !model.isRenamed;
        owners.name = model.isRenamed ? 'Former owners' : 'Owners';
      } else if (one.kind === 'slack') {
        model.isSlackUp = !model.isSlackUp;
        if (model.isSlackUp) faults.clear();
        else faults.add({ vendor: 'slack', kind: 'status', status: 503 });
      }
    };
    for (const one of before) await make(one);
    const as = life.requester === 'known' ? 'user:requester@example.com' : 'user:no@example.com';
    const input =
      life.request === 'rights'
        ? { operation: 'groups:add_member', params: { groupId: owners.id, userId: target.id } }
        : suspending(target.id);
    const opened = model.opens();
    const inputRef = await governed.keep({ ...input, as });
    expect(await governed.open({ inputRef })).toEqual(opened);
    const replayed = async (how: keyof typeof REPLAYS): Promise<string> => {
      const kept = how === 'elsewhere' ? await governed.keep({ ...input, as }, 'other') : inputRef;
      return governed.openBeside(how === 'sameRun' ? { ...input, as } : { inputRef: kept }, {
        lateMs: how === 'late' ? 2 * INPUT_VALID_MS : 0,
        ...(how === 'sameRun' && { run: governed.requestId }),
      });
    };
    expect(await replayed('again')).toBe(REPLAYS.again);
    if (opened.state !== 'pending') return;
    let approved = false;
    for (const one of life.moves) {
      if (one.kind === 'escalate') {
        if (approved) continue;
        model.escalates();
        await governed.escalate();
      } else if (one.kind === 'vote') {
        if (approved) continue;
        approved = model.approves(one.who);
        const { accepted } = await governed.vote(`${one.who}@example.com`);
        expect(accepted).toBe(approved);
      } else if (one.kind === 'replay') {
        const before = await governed.record();
        expect(await replayed(one.how)).toBe(REPLAYS[one.how]);
        expect(await governed.record()).toEqual(before);
      } else await make(one);
    }
    if (!approved) return;
    const end = await governed.perform(5);
    expect(end.code ?? end.state).toBe(model.ends());
    expect(await replayed('again')).toBe(REPLAYS.again);
  }

  const suspending = (userId: string) => ({
    operation: 'users:suspend',
    params: { userId },
    as: 'user:requester@example.com',
  });
});
