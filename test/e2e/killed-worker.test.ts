import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { result } from '../../src/client.ts';
import type { FaultRule } from '../../emulators/types.ts';
import { ticketLabel } from '../../src/mfa/identity.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob, WorkerProcess } from '../support/main-job.ts';
import { migratedDatabase } from '../support/postgres.ts';

interface Point {
  name: string;
  rule: Omit<FaultRule, 'kind'>;
  /** The second run is interrupted, in which tickets are kept and closed. */
  second?: boolean;
}

const ISSUE = '/rest/api/3/issue$';
const COMMENT = '/comment$';
const TRANSITIONS = '/transitions$';

/**
 * The request that hangs, before or after the vendor accepts it: the worker is killed meanwhile.
 */
const POINTS: Point[] = [
  { name: 'while a page is listed', rule: { vendor: 'okta', pathPattern: '/api/v1/users\\?' } },
  { name: 'while factors are read', rule: { vendor: 'okta', pathPattern: '/factors$', after: 2 } },
  {
    name: 'while a user is read again',
    rule: { vendor: 'okta', pathPattern: '/api/v1/users/[^/]+$' },
  },
  { name: 'between intent and Jira', rule: { vendor: 'jira', method: 'POST', pathPattern: ISSUE } },
  {
    name: 'between Jira and outcome',
    rule: { vendor: 'jira', method: 'POST', pathPattern: ISSUE, moment: 'after' },
  },
  {
    name: 'at the second of several tickets',
    rule: { vendor: 'jira', method: 'POST', pathPattern: ISSUE, moment: 'after', after: 1 },
  },
  {
    name: 'before a comment',
    rule: { vendor: 'jira', method: 'POST', pathPattern: COMMENT },
    second: true,
  },
  {
    name: 'after a comment',
    rule: { vendor: 'jira', method: 'POST', pathPattern: COMMENT, moment: 'after' },
    second: true,
  },
  {
    name: 'before a ticket is closed',
    rule: { vendor: 'jira', method: 'POST', pathPattern: TRANSITIONS },
    second: true,
  },
  {
    name: 'after a ticket is closed',
    rule: { vendor: 'jira', method: 'POST', pathPattern: TRANSITIONS, moment: 'after' },
    second: true,
  },
  { name: 'between intent and Slack', rule: { vendor: 'slack', pathPattern: 'chat.postMessage' } },
  {
    name: 'between Slack and outcome',
    rule: { vendor: 'slack', pathPattern: 'chat.postMessage', moment: 'after' },
  },
];

describe('a worker killed with SIGKILL', () => {
  let job: MainJob;
  let worker: WorkerProcess;
  let stopDatabase: () => Promise<void>;
  let round = 0;

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    job = await mainJob(database.databaseUrl, {
      config: { scan: { max_drop: 1 } },
      emulator: { indexLagMs: 700 },
    });
    worker = await job.startWorker();
  });
  afterAll(async () => {
    await job.close();
    await job.temporal.close();
    await stopDatabase();
  });

  /** Three users without MFA and one with; the first becomes compliant before a second run. */
  async function people(): Promise<string[]> {
    round += 1;
    const users = ['a', 'b', 'c'].map((name) => ({
      login: `${name}${round}@example.com`,
      created: '2020-01-01T00:00:00.000Z',
    }));
    const covered = {
      ...users[0],
      login: `d${round}@example.com`,
      factors: [{ type: 'webauthn' }],
      created: '2020-01-01T00:00:00.000Z',
    };
    return (await job.emulators.addUsers([...users, covered], { replace: true })).map(
      ({ id }) => id,
    );
  }

  /** Starts a run, kills the worker at the point, starts another, and waits for the end. */
  async function interrupted(rule: Point['rule']): Promise<string> {
    await job.emulators.fault({ ...rule, kind: 'hang', times: 1 });
    const started = await job.start();
    await vi.waitFor(async () => expect((await job.emulators.faults())[0]?.struck).toBe(1), {
      timeout: 20_000,
      interval: 20,
    });
    await worker.kill();
    await job.emulators.clearFaults();
    worker = await job.startWorker();
    await result(
      { client: job.temporal.client, address: '', namespace: '', close: async () => {} },
      started,
    );
    return started.run;
  }

  it.each(POINTS)(
    'leaves one ticket per finding and one message: $name',
    async ({ rule, second }) => {
      const ids = await people();
      if (second) {
        await job.run();
        await job.emulators.patchUser(`${ids[0]}`, { factors: [{ type: 'webauthn' }] });
      }
      const run = await interrupted(rule);
      const summary = await job.summary(run);
      expect(summary.status).toBe('complete');
      const findings = second ? ids.slice(1, 3) : ids.slice(0, 3);
      const { issues, messages } = await job.emulators.state('issues', 'messages');
      const org = new URL(`${job.env['OKTA_DOMAIN']}`).host;
      const ofUs = issues.filter(({ labels }) =>
        ids.some((id) => labels.includes(ticketLabel(org, id))),
      );
      const open = ofUs.filter(({ category }) => category !== 'done');
      expect(open.map(({ key }) => key).toSorted()).toEqual(summary.tickets.keys.toSorted());
      expect(open).toHaveLength(findings.length);
      expect(ofUs).toHaveLength(3);
      for (const { comments } of ofUs)
        expect(comments.filter((comment) => comment.includes(run)).length).toBe(second ? 1 : 0);
      expect(
        messages.filter(({ metadata }) => JSON.stringify(metadata).includes(run)),
      ).toHaveLength(1);
      const kinds = await job.store.audit.countByKind(run);
      expect(kinds['user.checked']).toBe(4);
      const { created, kept, closed } = summary.tickets;
      expect({ created, kept, closed }).toEqual(
        second ? { created: 0, kept: 2, closed: 1 } : { created: 3, kept: 0, closed: 0 },
      );
    },
    90_000,
  );
});
