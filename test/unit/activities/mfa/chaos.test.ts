import { afterEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../../../emulators/random.ts';
import type { Transition } from '../../../../emulators/jira/model.ts';
import type { UserRecord } from '../../../../emulators/okta/model.ts';
import { ticketLabel } from '../../../../src/mfa/identity.ts';
import type { RunSummary } from '../../../../src/mfa/document.ts';
import { startWeeklyCheck } from '../../../support/weekly-check.ts';
import type { WeeklyCheck } from '../../../support/weekly-check.ts';

const SEEDS = Array.from({ length: process.env.FULL === '1' ? 200 : 6 }, (_, n) => n + 1);
const CREATED = '2020-01-01T00:00:00.000Z';
const WEEKS = 3;

const done = (name: string) => ({ name, category: 'done' }) as const;
const working = { name: 'Working', category: 'indeterminate' } as const;
const REOPEN: Transition = {
  id: '9',
  name: 'Reopen',
  to: { name: 'To Do', category: 'new' },
  from: ['done'],
};
const WORKFLOWS: Record<string, readonly Transition[] | undefined> = {
  usual: undefined,
  'with a screen': [
    {
      id: '1',
      name: 'Done',
      to: done('Done'),
      from: ['new', 'indeterminate'],
      fields: [
        { id: 'resolution', required: true },
        { id: 'comment', required: true },
      ],
    },
    REOPEN,
  ],
  'with steps': [
    { id: '1', name: 'Start', to: working, from: ['new'] },
    { id: '2', name: 'Finish', to: done('Finished'), from: ['indeterminate'] },
    REOPEN,
  ],
  unclear: [
    { id: '1', name: 'Park', to: done('Parked'), from: ['new'] },
    { id: '2', name: 'Shelve', to: done('Shelved'), from: ['new'] },
    REOPEN,
  ],
  'with a refusal': [
    { id: '1', name: 'Rejeter', to: done('Rejeté'), from: ['new'] },
    { id: '2', name: 'Terminer', to: done('Terminé'), from: ['new'] },
    REOPEN,
  ],
};

/** Passing faults: each is over after some requests. */
const FAULTS = [
  { vendor: 'jira', kind: 'status', status: 503 },
  { vendor: 'jira', kind: 'rateLimited' },
  { vendor: 'jira', kind: 'reset', method: 'POST', pathPattern: '/issue$', moment: 'after' },
  { vendor: 'okta', kind: 'status', status: 500 },
  { vendor: 'okta', kind: 'rateLimited', headers: 'concurrent' },
  { vendor: 'slack', kind: 'reset', pathPattern: 'chat.postMessage', moment: 'after' },
] as const;

describe('Jira, Slack and Okta that behave in many ways at once', () => {
  let check: WeeklyCheck;
  afterEach(() => check.close());

  it.each(SEEDS)(
    'lose no ticket and accuse nobody: seed %i',
    async (seed) => {
      check = await startWeeklyCheck();
      const random = createRandom(seed);
      const chance = (share: number): boolean => random() < share;
      const oneOf = <Item>(items: readonly Item[]): Item =>
        items[Math.floor(random() * items.length)]!;
      const { okta, jira, slack, faults, document } = check.emulators;
      const bulk = chance(0.25);
      check.configure((settings) => ({
        ...settings,
        tickets: {
          ...settings.tickets,
          mode: bulk ? 'bulk' : 'per_user',
          priority: chance(0.5) ? 'High' : null,
        },
      }));
      const users = ['ann', 'bob', 'cem', 'dan', 'eve'].map((name) =>
        okta.addUser({
          login: `${name}@example.com`,
          created: CREATED,
          profile: { department: `${'d'.repeat(59)}😀 Sales <!channel>` },
        }),
      );
      const workflow = oneOf(Object.keys(WORKFLOWS));
      Object.assign(jira.settings, {
        workflow: WORKFLOWS[workflow],
        hiddenFields: chance(0.3) ? ['duedate', 'priority'] : [],
        refuseReopen: chance(0.3),
        repeatRows: chance(0.3),
        repeatPageToken: chance(0.2),
      });
      for (let week = 1; week <= WEEKS; week += 1) {
        jira.settings.refuseComments = chance(0.15);
        jira.settings.archived = chance(0.2)
          ? jira
              .present()
              .slice(0, 1)
              .map(({ key }) => key)
          : [];
        slack.channels[0]!.isArchived = chance(0.15);
        if (chance(0.4)) faults.add({ ...oneOf(FAULTS), times: 2, seed });
        for (const user of users) {
          const now = okta.view(user.id)!;
          if (now.status === 'DEPROVISIONED') continue;
          if (chance(0.3))
            okta.patchUser(user, { factors: chance(0.6) ? [{ type: 'webauthn' }] : [] });
          else if (week > 1 && chance(0.1)) okta.patchUser(user, { status: 'DEPROVISIONED' });
        }
        const summary = await check.run(`seed-${seed}-week-${week}`);
        const facts = `seed ${seed}, week ${week}, workflow ${workflow}`;
        expect(['complete', 'incomplete'], facts).toContain(summary.status);
        if (summary.status === 'complete' && !bulk) expectTickets(summary, users, facts);
        expect(messagesOf(summary.run), facts).toBe(summary.slack === null ? 0 : 1);
        if (summary.slack === null) expect(summary.slackFailed, facts).toBeDefined();
      }

      function messagesOf(run: string): number {
        return slack
          .messages(document.slackChannel)
          .filter(({ metadata }) => JSON.stringify(metadata).includes(run)).length;
      }
    },
    120_000,
  );

  function expectTickets(
    { tickets }: RunSummary,
    users: readonly UserRecord[],
    facts: string,
  ): void {
    const { okta, jira, document } = check.emulators;
    const org = new URL(document.okta).host;
    const failed = new Set(tickets.failed.map(({ user }) => user));
    for (const { id } of users) {
      const label = ticketLabel(org, id);
      const open = jira
        .present()
        .filter(({ fields }) => fields.status.category !== 'done' && fields.labels.includes(label));
      const user = okta.view(id)!;
      const needsOne = user.status === 'ACTIVE' && user.factors.length === 0;
      if (failed.has(id)) expect(open.length, `${facts}, ${id}`).toBeLessThanOrEqual(1);
      // A ticket that a person closed stays closed for one run; nobody closes tickets here.
      else expect(open.length, `${facts}, ${id}`).toBe(needsOne ? 1 : 0);
    }
  }
});
