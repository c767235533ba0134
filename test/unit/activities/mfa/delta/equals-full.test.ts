import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PHISHING_RESISTANT_TYPES } from '../../../../../src/mfa/strength.ts';
import { startEmulators } from '../../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../../emulators/start.ts';
import type { OktaOrg } from '../../../../../emulators/okta/org.ts';
import type { NewLogEvent } from '../../../../../emulators/okta/system-log.ts';
import type { RunSummary } from '../../../../../src/mfa/document.ts';
import type { Store } from '../../../../../src/store/types.ts';
import type { RunUser } from '../../../../../src/store/run-types.ts';
import { anyChange, change, CHANGES } from '../../../../support/okta-changes.ts';
import type { Change } from '../../../../support/okta-changes.ts';
import { DEFAULT_ALLOWED, EXEMPT_GROUP, newUsers, organisation } from '../../../../support/orgs.ts';
import type { Person } from '../../../../support/orgs.ts';
import { scans } from '../../../../support/scans.ts';
import type { Scan } from '../../../../support/scans.ts';
import { describeOnStores } from '../../../../support/stores.ts';
import { assertProperty } from '../../../../support/properties.ts';

/** What happens in a few days, and the configuration of the run at their end. */
interface Episode {
  days: number;
  changes: Change[];
  /** The log loses every entry older than half an hour. */
  purge: boolean;
  /** Before the run, personal data older than the episode is removed from the store. */
  removal: boolean;
  strict: boolean;
  grace: boolean;
}

const episode: fc.Arbitrary<Episode> = fc.record({
  days: fc.integer({ min: 1, max: 3 }),
  changes: fc.array(anyChange, { maxLength: 6 }),
  purge: fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, fc.constant(true)),
  removal: fc.boolean(),
  strict: fc.boolean(),
  grace: fc.boolean(),
});

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const iso = (time: number): string => new Date(time).toISOString();
const OWNER = { reason: 'sealed keys', owner: 'it@example.com', until: '2099-01-01' };

/** A verdict without the time and the run of its reading. */
const comparable = (users: ReadonlyMap<string, RunUser>) =>
  Object.fromEntries(
    [...users].map(([id, { verdict, reason, factors }]) => [id, { verdict, reason, factors }]),
  );

/**
 * One organisation over several weeks: its changes, and a delta and a full scan after each episode.
 */
class History {
  readonly #okta: OktaOrg;
  readonly #scan: Scan;
  readonly #store: Store;
  #time = Date.parse('2026-03-02T08:00:00.000Z');
  /** Start of the last complete run, and whether a change since then requires a full scan. */
  #base = 0;
  #forced = false;
  /** Entries that the log does not show yet when the run begins. */
  #late: NewLogEvent[] = [];
  took = 0;

  constructor(emulators: RunningEmulators, store: Store) {
    this.#okta = emulators.okta;
    this.#scan = scans(store, emulators);
    this.#store = store;
  }

  async first(): Promise<void> {
    this.#signIn();
    const { summary } = await this.#run({ mode: 'delta', strict: false, grace: false });
    expect(summary.scan).toMatchObject({
      mode: 'full',
      base: null,
      reason: expect.stringMatching(/no complete run/),
    });
    this.#ended(summary);
  }

  /** Plays an episode and compares the two scans at its end. */
  async pass(one: Episode): Promise<void> {
    const start = this.#time;
    this.#time += one.days * DAY;
    for (const [n, wanted] of one.changes.entries())
      this.#happen(wanted, start + ((n + 1) * one.days * DAY) / 8);
    this.#signIn();
    if (one.purge) this.#okta.log.events.splice(0);
    if (one.removal) await this.#store.retention.remove(iso(start + 2));
    const delta = await this.#run({ mode: 'delta', ...one }, () => {
      for (const event of this.#late.splice(0)) this.#okta.log.add(event);
    });
    const full = await this.#run({ mode: 'full', dryRun: true, ...one });
    expect(comparable(delta.users)).toEqual(comparable(full.users));
    expect(delta.summary.counts).toEqual(full.summary.counts);
    const forced = this.#forced || !this.#reachesBack();
    expect(delta.summary.scan?.mode).toBe(forced ? 'full' : 'delta');
    this.took += delta.summary.scan?.takenOver ?? 0;
    this.#ended(delta.summary);
  }

  #ended({ status, startedAt }: RunSummary): void {
    if (status !== 'complete') return;
    this.#base = Date.parse(startedAt);
    this.#forced = false;
  }

  #reachesBack(): boolean {
    const since = this.#base - 60 * MINUTE;
    const times = this.#okta.log.events.map(({ published }) => Date.parse(published));
    return times.some((at) => at < since && at >= since - 4 * DAY);
  }

  #happen(wanted: Change, at: number): void {
    if (this.#okta.present().length === 0) return;
    const event = change(this.#okta, wanted, iso(at));
    this.#forced ||= CHANGES[wanted.kind].full;
    if (event && wanted.late) this.#late.push(event);
    else if (event) this.#okta.log.add(event);
  }

  /** A later run finds this entry and so knows that the log reaches back to here. */
  #signIn(): void {
    this.#okta.log.add({
      eventType: 'user.session.start',
      published: iso(this.#time - 120 * MINUTE),
    });
  }

  #run(
    how: { mode: 'full' | 'delta'; dryRun?: boolean; strict: boolean; grace: boolean },
    afterListing?: () => void,
  ) {
    const { mode, dryRun, strict, grace } = how;
    const settings = {
      allowed: (strict ? [...PHISHING_RESISTANT_TYPES] : DEFAULT_ALLOWED) as never,
      graceMs: grace ? 2 * DAY : 0,
      exemptions: [{ group: EXEMPT_GROUP, ...OWNER }],
      scan: { mode: 'full', fullEveryMs: 400 * DAY, logDelayMs: 5 * MINUTE } as const,
    };
    const now = (): Date => new Date((this.#time += 1));
    return this.#scan({
      mode,
      settings,
      now,
      ...(dryRun && { dryRun }),
      ...(afterListing && { afterListing }),
    });
  }
}

async function live(
  store: Store,
  people: readonly Person[],
  episodes: readonly Episode[],
): Promise<number> {
  const emulators = await startEmulators({ profile: 'empty', rateLimit: 0, log: null });
  try {
    emulators.okta.addGroup({ name: EXEMPT_GROUP });
    for (const user of newUsers(people, 'p')) emulators.okta.addUser(user);
    const history = new History(emulators, store);
    await history.first();
    for (const one of episodes) await history.pass(one);
    return history.took;
  } finally {
    await emulators.close();
  }
}

describeOnStores('a delta scan', (source) => {
  test('finds what a full scan finds, whatever happened, and falls back to a full scan when required', async () => {
    const store = await source.fresh();
    let took = 0;
    await assertProperty(
      fc.asyncProperty(
        organisation,
        fc.array(episode, { minLength: 1, maxLength: 4 }),
        async (people, episodes) => {
          took += await live(store, people, episodes);
        },
      ),
      { numRuns: 12 },
    );
    expect(took).toBeGreaterThan(0);
  }, 120_000);
});
