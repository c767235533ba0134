import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../../emulators/start.ts';
import { createActivities } from '../../../../../src/activities/index.ts';
import type { MfaActivities } from '../../../../../src/activities/mfa/types.ts';
import { ticketLabel } from '../../../../../src/mfa/identity.ts';
import { openStore } from '../../../../../src/store/open.ts';
import type { Store } from '../../../../../src/store/types.ts';
import { inActivity, mfaParts } from '../../../../support/mfa-parts.ts';
import { borrowPglite } from '../../../../support/pglite.ts';
import type { TestDatabase } from '../../../../support/pglite.ts';

const CREATED = '2020-01-01T00:00:00.000Z';
const DONE = { id: '10002', name: 'Done', category: 'done' } as const;

describe('the ticket of a user who is compliant again', () => {
  let database: TestDatabase;
  let store: Store;
  let emulators: RunningEmulators;
  let activities: MfaActivities;
  let user: ReturnType<RunningEmulators['okta']['addUser']>;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });
  beforeEach(async () => {
    emulators = await startEmulators({ profile: 'empty', rateLimit: 0, log: null });
    activities = createActivities(mfaParts(store, emulators));
    user = emulators.okta.addUser({ login: 'ann@example.com', created: CREATED });
  });
  afterEach(() => emulators.close());

  /** Starts a run and checks the user. */
  async function check(run: string): Promise<void> {
    await inActivity(() => activities.beginRun({ run }));
    await inActivity(() => activities.listPage({ run, source: 0, page: 0, first: true, most: 1 }));
    await inActivity(() => activities.checkUsers({ run, page: 0, from: 0, count: 1 }));
  }

  /** Opens a ticket in one run; in the next, the user has a strong factor. */
  async function openThenCover(name: string): Promise<string> {
    await check(`${name}-1`);
    await inActivity(() => activities.ensureTicket({ run: `${name}-1`, userId: user.id }));
    user = emulators.okta.patchUser(user, { factors: [{ type: 'webauthn' }] });
    await check(`${name}-2`);
    return `${name}-2`;
  }
  const closeTicket = (run: string) =>
    inActivity(() => activities.closeTicket({ run, subject: user.id }));
  const row = () => store.tickets.get(ticketLabel(new URL(emulators.document.okta).host, user.id));

  it('gets one comment and is closed, also if the activity is repeated', async () => {
    const run = await openThenCover('closed');
    const { subjects } = await inActivity(() =>
      activities.closable({ run, after: null, limit: 10 }),
    );
    expect(subjects).toEqual([user.id]);
    expect(await closeTicket(run)).toEqual({ action: 'closed', code: null });
    expect(await closeTicket(run)).toEqual({ action: 'closed', code: null });
    const [issue] = emulators.jira.present();
    expect(issue?.fields.status.category).toBe('done');
    expect(issue?.comments).toHaveLength(1);
    expect(await row()).toMatchObject({ state: 'closed', closedBy: 'arx' });
  });

  it('is not closed if the user is not compliant in this run', async () => {
    await check('kept-1');
    await inActivity(() => activities.ensureTicket({ run: 'kept-1', userId: user.id }));
    expect(await closeTicket('kept-1')).toEqual({ action: 'kept', code: null });
    expect(emulators.jira.present()[0]?.fields.status.category).toBe('new');
  });

  it('counts as closed by hand if it was closed in Jira', async () => {
    const run = await openThenCover('person');
    emulators.jira.move(emulators.jira.present()[0]!, DONE);
    expect(await closeTicket(run)).toEqual({ action: 'left_closed', code: null });
    expect(await row()).toMatchObject({ state: 'closed', closedBy: 'person' });
  });

  it('counts as closed by arx if the answer to the transition is lost', async () => {
    const run = await openThenCover('lost');
    emulators.faults.add({
      vendor: 'jira',
      method: 'POST',
      pathPattern: '/transitions$',
      kind: 'reset',
      moment: 'after',
      times: 1,
    });
    await expect(closeTicket(run)).rejects.toThrow();
    expect(await closeTicket(run)).toEqual({ action: 'closed', code: null });
    expect(await row()).toMatchObject({ state: 'closed', closedBy: 'arx' });
  });

  it('is forgotten if it was deleted in Jira', async () => {
    const run = await openThenCover('deleted');
    emulators.jira.remove(emulators.jira.present()[0]!);
    expect(await closeTicket(run)).toEqual({ action: 'left_closed', code: null });
    expect(await row()).toMatchObject({ state: 'absent', key: null });
  });

  it('keeps the oldest of several open tickets, and links the others to it', async () => {
    await check('swept-1');
    await inActivity(() => activities.ensureTicket({ run: 'swept-1', userId: user.id }));
    const { fields } = emulators.jira.present()[0]!;
    emulators.jira.create(fields);
    expect(await inActivity(() => activities.sweepDuplicates({ run: 'swept-1' }))).toEqual({
      duplicates: 1,
    });
    const [oldest, other] = emulators.jira.present();
    expect(oldest?.fields.status.category).toBe('new');
    expect(other?.fields.status.category).toBe('done');
    expect(await row()).toMatchObject({ state: 'open', key: oldest?.key });
  });
});
