import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../../emulators/start.ts';
import { beginRun } from '../../../../../src/activities/mfa/begin.ts';
import { listPage } from '../../../../../src/activities/mfa/listing.ts';
import { editTicket, ensureOpen } from '../../../../../src/activities/mfa/tickets/ticket-flow.ts';
import type { TicketContent } from '../../../../../src/activities/mfa/tickets/ticket-flow.ts';
import type { TicketOutcome } from '../../../../../src/activities/mfa/types.ts';
import { MFA_CONTROL, ticketLabel } from '../../../../../src/mfa/identity.ts';
import { openStore } from '../../../../../src/store/open.ts';
import type { Store } from '../../../../../src/store/types.ts';
import { inActivity, mfaParts } from '../../../../support/mfa-parts.ts';
import type { MfaParts } from '../../../../support/mfa-parts.ts';
import { borrowPglite } from '../../../../support/pglite.ts';
import type { TestDatabase } from '../../../../support/pglite.ts';

const START = Date.parse('2026-03-02T08:00:00.000Z');

describe('the ticket of a subject', () => {
  let database: TestDatabase;
  let store: Store;
  let emulators: RunningEmulators;
  let parts: MfaParts;
  let time = START;
  let isNeeded = true;
  let subject = '';
  let serial = 0;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });
  beforeEach(async () => {
    time = START;
    isNeeded = true;
    serial += 1;
    emulators = await startEmulators({ profile: 'empty', rateLimit: 0, log: null });
    subject = emulators.okta.addUser({ login: 'ann@example.com' }).id;
    parts = mfaParts(store, emulators, () => new Date((time += 1)));
  });
  afterEach(() => emulators.close());

  const content = (run: string): TicketContent => ({
    confirm: async () => isNeeded,
    user: () => null,
    newIssue: async () => ({
      summary: 'No factor',
      description: [{ type: 'paragraph', text: run }],
    }),
    keep: async () => undefined,
    reopeningComment: () => ({
      body: [{ type: 'paragraph', text: `Reopened by ${run}` }],
      mark: `Reopened by ${run}`,
    }),
  });

  const runId = (name: string): string => `${name}-of-test-${serial}`;

  /** Returns what a run does with the ticket in attempt number `attempt` of the activity. */
  const ensure = (name: string, attempt = 1): Promise<TicketOutcome> =>
    inActivity(async () => {
      const run = runId(name);
      await beginRun(parts)({ run });
      await listPage(parts)({ run, source: 0, page: 0, first: true, most: 1 });
      const record = (await store.runs.get(run))!;
      return editTicket(parts, { record, subject }, (editor) => ensureOpen(editor, content(run)));
    }, attempt);
  const issues = () => emulators.jira.present().map(({ fields }) => fields.status.category);
  const row = async () => (await store.tickets.get(ticketLabel(parts.surroundings.org, subject)))!;
  const close = (): void => {
    const [issue] = emulators.jira.present();
    emulators.jira.move(issue!, { id: '10002', name: 'Done', category: 'done' });
  };

  it('is created once, however often the activity is repeated, and kept by the next run', async () => {
    expect(await ensure('run-1')).toEqual({ action: 'created', code: null });
    expect(await ensure('run-1', 2)).toEqual({ action: 'created', code: null });
    expect(await ensure('run-2')).toEqual({ action: 'kept', code: null });
    expect(issues()).toEqual(['new']);
    expect(await row()).toMatchObject({ state: 'open', key: 'SEC-1', attempt: 1 });
  });

  it('is not created if the second check finds that it is not needed', async () => {
    isNeeded = false;
    expect(await ensure('run-1')).toEqual({ action: 'withheld', code: null });
    expect(issues()).toEqual([]);
  });

  it('is found again if the response to the create call is lost, although the index lags', async () => {
    emulators.jira.settings.indexLagMs = 3_600_000;
    const fault = { vendor: 'jira', method: 'POST', pathPattern: '/issue$' } as const;
    emulators.faults.add({ ...fault, kind: 'reset', moment: 'after', times: 1 });
    await expect(ensure('run-1')).rejects.toThrow();
    expect(await row()).toMatchObject({ state: 'intended', key: null });
    await expect(ensure('run-1', 2)).rejects.toMatchObject({ type: 'ticket_unsettled' });
    emulators.jira.settings.indexLagMs = 0;
    expect(await ensure('run-1', 3)).toEqual({ action: 'created', code: null });
    expect(issues()).toEqual(['new']);
  });

  it('is created again only after the full wait if the create call never arrived', async () => {
    const fault = { vendor: 'jira', method: 'POST', pathPattern: '/issue$' } as const;
    emulators.faults.add({ ...fault, kind: 'reset', moment: 'before', times: 1 });
    await expect(ensure('run-1')).rejects.toThrow();
    await expect(ensure('run-1', 2)).rejects.toMatchObject({
      type: 'ticket_unsettled',
      nonRetryable: false,
    });
    expect(issues()).toEqual([]);
    time += 1_400;
    expect(await ensure('run-1', 3)).toEqual({ action: 'created', code: null });
    expect(issues()).toEqual(['new']);
    expect(await row()).toMatchObject({ attempt: 2 });
  });

  it('stays closed in the first run after it was closed by hand, and is then reopened', async () => {
    await ensure('run-1');
    close();
    expect(await ensure('run-2')).toEqual({ action: 'left_closed', code: null });
    expect(await ensure('run-2', 2)).toEqual({ action: 'left_closed', code: null });
    expect(await ensure('run-3')).toEqual({ action: 'reopened', code: null });
    expect(await ensure('run-3', 2)).toEqual({ action: 'reopened', code: null });
    expect(issues()).toEqual(['new']);
    const [issue] = emulators.jira.present();
    expect(issue?.comments).toHaveLength(1);
  });

  it('is replaced by a linked ticket if the workflow of the project cannot reopen it', async () => {
    emulators.jira.settings.forbidReopen = true;
    await ensure('run-1');
    close();
    await ensure('run-2');
    expect(await ensure('run-3')).toEqual({ action: 'created', code: null });
    expect(issues()).toEqual(['done', 'new']);
    expect(await row()).toMatchObject({ state: 'open', key: 'SEC-2' });
  });

  it('is released and reported as failed if Jira permanently refuses it', async () => {
    emulators.faults.add({
      vendor: 'jira',
      method: 'POST',
      pathPattern: '/issue$',
      kind: 'status',
      status: 403,
    });
    expect(await ensure('run-1')).toEqual({ action: 'failed', code: 'forbidden' });
    expect(await store.tickets.listNotes(runId('run-1'))).toMatchObject([
      { subject, action: 'failed', code: 'forbidden' },
    ]);
    expect(await row()).toMatchObject({ state: 'absent', key: null });
    emulators.faults.clear();
    expect(await ensure('run-2')).toEqual({ action: 'created', code: null });
  });

  it('waits while another run holds it', async () => {
    const org = parts.surroundings.org;
    const identity = { label: ticketLabel(org, subject), org, control: MFA_CONTROL, subject };
    await store.tickets.claim(identity, 'other-run', 60_000);
    await expect(ensure('run-1')).rejects.toMatchObject({
      type: 'ticket_busy',
      nonRetryable: false,
    });
    await store.tickets.release(identity.label, 'other-run');
    expect(await ensure('run-1', 2)).toEqual({ action: 'created', code: null });
  });
});
