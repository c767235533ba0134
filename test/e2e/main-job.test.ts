import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/audit/checkpoint.ts';
import { parseVerifierKey } from '../../src/audit/note.ts';
import { nonCompliant } from '../../src/mfa/coverage.ts';
import type { RunSummary } from '../../src/mfa/document.ts';
import { controlLabel, ticketLabel } from '../../src/mfa/identity.ts';
import { VERDICT_PHRASES } from '../../src/mfa/slack-message.ts';
import { NON_COMPLIANT, VERDICTS } from '../../src/mfa/types.ts';
import { EXEMPT_GROUP, expectedVerdict, newUsers, organisation } from '../support/orgs.ts';
import type { Person } from '../support/orgs.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob } from '../support/main-job.ts';
import { checkSignature } from '../support/notes.ts';
import { DATABASES } from '../support/stores.ts';
import { assertProperty } from '../support/properties.ts';

const CONFIG = {
  grace_period: '7d',
  exemptions: [
    { group: EXEMPT_GROUP, reason: 'emergency access', owner: 'security', until: '2099-12-31' },
  ],
  scan: { max_unknown: 1, max_drop: 1 },
};

describe.each(Object.entries(DATABASES))('the main job on %s', (_, openDatabase) => {
  let job: MainJob;
  let closeDatabase: () => Promise<void>;
  let round = 0;

  beforeAll(async () => {
    const { databaseUrl, close } = await openDatabase();
    closeDatabase = close;
    job = await mainJob(databaseUrl, { config: CONFIG });
    await job.emulators.addGroups([{ name: EXEMPT_GROUP }]);
    await job.startWorker();
  });
  afterAll(async () => {
    await job.close();
    await job.temporal.close();
    await closeDatabase();
  });

  /** Creates an organisation in the emulator; returns ids in the order of the users. */
  async function settle(people: readonly Person[]): Promise<string[]> {
    round += 1;
    const added = await job.emulators.addUsers(newUsers(people, `p${round}`), { replace: true });
    return added.map(({ id }) => id);
  }

  /** Everything that must hold after any run. */
  async function holds(
    summary: RunSummary,
    people: readonly Person[],
    ids: readonly string[],
  ): Promise<void> {
    const users = await job.users(summary.run);
    const verdicts = new Map(
      users.map(({ userId, verdict }) => [userId, verdict as string | null]),
    );
    const expected = people.map((one, index) => [ids[index], expectedVerdict(one)] as const);
    const inScope = expected.filter(([, verdict]) => verdict !== null);
    expect([...verdicts].toSorted()).toEqual(inScope.toSorted());
    const { counts } = summary;
    expect(counts.enumerated).toBe(VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0));
    expect(counts.enumerated).toBe(inScope.length);
    const kinds = await job.store.audit.countByKind(summary.run);
    expect(kinds['user.checked'] ?? 0).toBe(inScope.length);
    await ticketsMatch(
      inScope
        .filter(([, verdict]) => (NON_COMPLIANT as readonly string[]).includes(`${verdict}`))
        .map(([id]) => `${id}`),
    );
    await oneMessage(summary);
  }

  /** Open tickets of this organisation's users: exactly one per finding. */
  async function ticketsMatch(findings: readonly string[]): Promise<void> {
    const { issues } = await job.emulators.state('issues');
    const org = new URL(job.env['OKTA_DOMAIN'] ?? '').host;
    const wanted = findings.map((id) => ticketLabel(org, id)).toSorted();
    const open = issues.filter(
      ({ category, labels }) => category !== 'done' && labels.includes(controlLabel(org)),
    );
    expect(
      open.map(({ labels }) => labels.find((label) => wanted.includes(label))).toSorted(),
    ).toEqual(wanted);
    for (const { description } of open)
      expect(description).toContain('Checkpoint of the audit trail');
  }

  async function oneMessage({ run, counts, audit }: RunSummary): Promise<void> {
    const { messages } = await job.emulators.state('messages');
    const own = messages.filter(({ metadata }) => JSON.stringify(metadata).includes(run));
    expect(own).toHaveLength(1);
    expect(own[0]?.text).toContain(`${counts.enumerated} users: `);
    for (const verdict of VERDICTS.filter((one) => counts[one] > 0))
      expect(own[0]?.text).toContain(`${counts[verdict]} ${VERDICT_PHRASES[verdict]}`);
    expect(audit.entries).toBeGreaterThan(0);
    expect(own[0]?.replies).toHaveLength(1);
    await checkpointsHold(audit, JSON.stringify(own[0]?.replies));
  }

  /**
   * The run ends with a checkpoint over all entries, and the reply to its message contains one that
   * is also in the store.
   */
  async function checkpointsHold(
    { entries, checkpoint }: RunSummary['audit'],
    reply: string,
  ): Promise<void> {
    const keys = (await job.store.auditKeys.list()).map(({ verifierKey }) =>
      parseVerifierKey(verifierKey),
    );
    const origin = `arx/${new URL(job.env['OKTA_DOMAIN'] ?? '').host}`;
    expect(openCheckpoint(checkpoint ?? '', { origin, keys, verify: checkSignature }).size).toBe(
      entries,
    );
    const notes = (await job.store.checkpoints.list()).map(({ note }) =>
      JSON.stringify(note).slice(1, -1),
    );
    expect(notes.filter((note) => reply.includes(note))).toHaveLength(1);
  }

  it('gives the verdicts of the oracle, one ticket per finding and one message per run, for any organisation', async () => {
    await assertProperty(
      fc.asyncProperty(organisation, async (people) => {
        const ids = await settle(people);
        await holds(await job.run(), people, ids);
        await closeAll();
      }),
      { numRuns: 8 },
    );
  }, 240_000);

  it('keeps one ticket over three runs while users change', async () => {
    await assertProperty(
      fc.asyncProperty(
        fc.array(
          organisation.map((people) => people.slice(0, 12)),
          { minLength: 3, maxLength: 3 },
        ),
        async (weeks) => {
          const size = Math.min(...weeks.map((people) => people.length));
          const weekly = weeks.map((people) =>
            people.slice(0, size).map((one) => ({
              ...one,
              exempt: false,
              young: false,
              status: 'ACTIVE' as const,
              kind: 'normal' as const,
            })),
          );
          const ids = await settle(weekly[0] ?? []);
          for (const people of weekly) {
            for (const [index, one] of people.entries())
              await job.emulators.patchUser(`${ids[index]}`, { factors: one.factors });
            const summary = await job.run();
            expect(summary.status).toBe('complete');
            await settledTickets(summary, people, ids);
          }
          await closeAll();
        },
      ),
      { numRuns: 4 },
    );
  }, 240_000);

  /** As `holds`, for a user whose ticket stays open while the verdict is unknown. */
  async function settledTickets(
    summary: RunSummary,
    people: readonly Person[],
    ids: readonly string[],
  ): Promise<void> {
    const verdicts = people.map(expectedVerdict);
    const { issues } = await job.emulators.state('issues');
    const org = new URL(job.env['OKTA_DOMAIN'] ?? '').host;
    for (const [index, verdict] of verdicts.entries()) {
      const open = issues.filter(
        ({ category, labels }) =>
          category !== 'done' && labels.includes(ticketLabel(org, `${ids[index]}`)),
      );
      if ((NON_COMPLIANT as readonly string[]).includes(`${verdict}`)) expect(open).toHaveLength(1);
      else if (verdict === 'compliant') expect(open).toHaveLength(0);
      else expect(open.length).toBeLessThanOrEqual(1);
    }
    expect(summary.tickets.keys).toHaveLength(nonCompliant(summary.counts));
    await oneMessage(summary);
  }

  /** Closes the tickets of an organisation, so that the next one starts without any. */
  async function closeAll(): Promise<void> {
    const { issues } = await job.emulators.state('issues');
    for (const { key } of issues) await job.emulators.deleteIssue(key);
  }

  it('writes nothing to Okta', async () => {
    const writes = (await job.emulators.log({ vendor: 'okta' })).filter(
      ({ method, path }) => method !== 'GET' && !path.startsWith('/oauth2/'),
    );
    expect(writes).toEqual([]);
  });
});
