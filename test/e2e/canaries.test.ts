import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { result } from '../../src/client.ts';
import type { RunDocument, RunSummary } from '../../src/mfa/document.ts';
import { startTestChild } from '../support/children.ts';
import { executions, leaked, spelledOut, tables } from '../support/leaks.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob, WorkerProcess } from '../support/main-job.ts';
import { migratedDatabase } from '../support/postgres.ts';

/** Must occur nowhere. */
const SECRETS = {
  oktaToken: '00canaryOktaToken7391',
  jiraToken: 'canaryJiraToken7391',
  slackToken: 'xoxb-canarySlackToken7391',
  jiraAccount: 'robot-canary-7391@northwind.example',
  phone: '+1 555 7391 0426',
  totpSeed: 'CANARYSEED73917391',
};
/** In the directory, but not part of the report. */
const PRIVATE = {
  factorEmail: 'factor-canary-7391@home.example',
  secondEmail: 'second-canary-7391@home.example',
  firstName: 'Firstcanary7391',
  lastName: 'Lastcanary7391',
  displayName: 'Displaycanary7391',
  vendorText: 'bodycanary7391',
};
const EMAIL = { email: 'mail-canary-7391' };
const LOGIN = { login: 'login-canary-7391' };
const PERSONAL = { ...PRIVATE, ...EMAIL, ...LOGIN };
const EVERYTHING = { ...SECRETS, ...PERSONAL };

const OLD = '2020-01-01T00:00:00.000Z';
const COVERED = [{ type: 'webauthn' }, { type: 'push' }];
const WEAK = [{ type: 'sms' }, { type: 'call' }, { type: 'email' }];
const PENDING = [{ type: 'token:software:totp', provider: 'GOOGLE', status: 'PENDING_ACTIVATION' }];
const FACTORS = [COVERED, WEAK, PENDING, [], COVERED, [...COVERED, ...WEAK], COVERED, COVERED];

const login = (index: number): string => `${LOGIN.login}.${index}@northwind.example`;
const person = (factors: (typeof FACTORS)[number], index: number) => ({
  login: login(index),
  created: OLD,
  factors,
  profile: {
    email: `${EMAIL.email}.${index}@northwind.example`,
    secondEmail: PRIVATE.secondEmail,
    firstName: PRIVATE.firstName,
    lastName: PRIVATE.lastName,
    displayName: PRIVATE.displayName,
    mobilePhone: SECRETS.phone,
    primaryPhone: SECRETS.phone,
    department: 'Finance',
  },
});

/** A vendor's error body that repeats secrets and personal data. */
const BODY = {
  errorCode: 'E0000009',
  errorSummary: `Not found: ${login(1)} ${PRIVATE.vendorText}`,
  errorCauses: [{ errorSummary: SECRETS.phone }],
  errorMessages: [SECRETS.oktaToken, PRIVATE.vendorText],
  errors: { [PRIVATE.vendorText]: login(1), [login(1)]: SECRETS.totpSeed },
  error: `${PRIVATE.vendorText} ${SECRETS.slackToken}`,
};

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

describe('secrets and personal data in everything that a run leaves behind', () => {
  let job: MainJob;
  let worker: WorkerProcess;
  let stopDatabase: () => Promise<void>;
  let ids: string[];
  const runs: Record<'first' | 'second' | 'faulty', RunSummary> = {} as never;
  const outputs: Record<string, Outcome> = {};

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    job = await mainJob(database.databaseUrl, {
      emulator: {
        canaries: { phone: SECRETS.phone, email: PRIVATE.factorEmail, totpSeed: SECRETS.totpSeed },
        tokens: {
          okta: SECRETS.oktaToken,
          jira: SECRETS.jiraToken,
          jiraEmail: SECRETS.jiraAccount,
          slack: SECRETS.slackToken,
        },
      },
      config: {
        exemptions: [
          { user: login(5), reason: 'emergency access', owner: 'security', until: '2099-12-31' },
          { user: login(6), reason: 'was away', owner: 'security', until: '2020-12-31' },
        ],
      },
    });
    job.env['ARX_LOG_LEVEL'] = 'trace';
    worker = await job.startWorker();
    ids = (await job.emulators.addUsers(FACTORS.map(person))).map(({ id }) => id);
    runs.first = await job.run();
    await job.emulators.patchUser(`${ids[1]}`, { factors: COVERED });
    runs.second = await job.run();
    runs.faulty = await faultyRun();
    await failedStart();
    await commands();
  }, 180_000);
  afterAll(async () => {
    await job.close();
    await job.temporal.close();
    await stopDatabase();
  });

  /** A run in which every vendor fails in every way, temporarily or permanently. */
  async function faultyRun(): Promise<RunSummary> {
    await job.emulators.patchUser(`${ids[4]}`, { factors: WEAK });
    const bad = { kind: 'status', body: BODY } as const;
    const factors = { vendor: 'okta', times: 1 } as const;
    const of = (index: number): string => `/users/${ids[index]}/factors$`;
    await job.emulators.fault({
      ...bad,
      vendor: 'okta',
      pathPattern: of(0),
      status: 500,
      times: 2,
    });
    await job.emulators.fault({ ...bad, vendor: 'okta', pathPattern: of(7), status: 403 });
    await job.emulators.fault({ ...factors, pathPattern: of(1), kind: 'html200' });
    await job.emulators.fault({
      ...factors,
      pathPattern: of(2),
      kind: 'truncated',
      moment: 'after',
    });
    await job.emulators.fault({ ...factors, pathPattern: of(3), kind: 'reset', moment: 'after' });
    await job.emulators.fault({ ...factors, pathPattern: '/api/v1/users\\?', ...bad, status: 503 });
    const create = { vendor: 'jira', method: 'POST', pathPattern: '/issue$', times: 1 } as const;
    await job.emulators.fault({ ...create, ...bad, status: 500 });
    await job.emulators.fault({
      vendor: 'jira',
      pathPattern: '/comment$',
      kind: 'html200',
      times: 1,
    });
    await job.emulators.fault({
      vendor: 'jira',
      pathPattern: '/comment$',
      ...bad,
      status: 400,
      times: 1,
    });
    const post = { vendor: 'slack', pathPattern: 'chat.postMessage', times: 1 } as const;
    await job.emulators.fault({ ...post, ...bad, status: 500 });
    await job.emulators.fault({ ...post, kind: 'reset', moment: 'after' });
    const summary = await job.run();
    expect(
      (await job.emulators.faults()).map(({ rule, struck }) => ({ rule, struck: struck > 0 })),
    ).toEqual((await job.emulators.faults()).map(({ rule }) => ({ rule, struck: true })));
    await job.emulators.clearFaults();
    return summary;
  }

  /** The operator's input is in the history, which proves that the scanner reads histories. */
  async function failedStart(): Promise<void> {
    const started = await job.start({ groups: [`typed ${PRIVATE.displayName}`] });
    const link = { client: job.temporal.client, address: '', namespace: '', close: async () => {} };
    await expect(result(link, started)).rejects.toMatchObject({ type: 'configuration' });
  }

  async function commands(): Promise<void> {
    const check = ['run', 'mfa-enforcement-check', '--json'];
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/api/v1/users\\?',
      kind: 'status',
      status: 400,
      body: BODY,
    });
    outputs['broken Okta'] = await arx(check);
    await job.emulators.clearFaults();
    await job.emulators.fault({ vendor: 'jira', kind: 'status', status: 400, body: BODY });
    await job.emulators.fault({
      vendor: 'slack',
      kind: 'status',
      status: 200,
      body: { ...BODY, ok: false },
    });
    outputs['broken Jira and Slack'] = await arx(check);
    outputs['the doctor'] = await arx(['doctor', '--json']);
    await job.emulators.clearFaults();
    await job.emulators.oktaSettings({ token: '00anotherToken' });
    outputs['a wrong token'] = await arx(check);
    outputs['a person with a wrong token'] = await arx(check.slice(0, -1));
  }

  async function arx(argv: readonly string[]): Promise<Outcome> {
    const child = startTestChild(resolve('bin/arx'), argv, { env: job.env });
    const outcome: Outcome = { code: null, out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (outcome.out += piece));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (outcome.err += piece));
    [outcome.code] = (await once(child, 'close')) as [number | null];
    return outcome;
  }

  it('the runs ended as expected', () => {
    expect(runs.first).toMatchObject({
      status: 'complete',
      tickets: { created: 3 },
      exemptions: { live: 1 },
    });
    expect(runs.second).toMatchObject({
      status: 'complete',
      tickets: { created: 0, kept: 2, closed: 1 },
    });
    expect(runs.faulty).toMatchObject({
      status: 'incomplete',
      counts: { unknown: 1 },
      tickets: { created: 1 },
    });
    expect(runs.faulty.slack?.ts).toBeTruthy();
    const codes = Object.fromEntries(
      Object.entries(outputs).map(([name, { code }]) => [name, code]),
    );
    expect(codes).toEqual({
      'broken Okta': 1,
      'broken Jira and Slack': 0,
      'the doctor': 1,
      'a wrong token': 4,
      'a person with a wrong token': 4,
    });
  });

  it('the histories contain none except what an operator typed', async () => {
    const all = await vi.waitFor(async () => {
      const found = await executions(job.temporal);
      expect(found.length).toBeGreaterThanOrEqual(8);
      return found;
    });
    const found = all.map((one) =>
      leaked(EVERYTHING, `${spelledOut(one.info)}\n${spelledOut(one.history)}`),
    );
    expect(found.filter((names) => names.length > 0)).toEqual([['displayName']]);
    expect(all.every(({ history }) => spelledOut(history).includes('mfaEnforcementCheck'))).toBe(
      true,
    );
  });

  it('the log of the worker contains none, even at its most verbose level', () => {
    expect(worker.output()).toContain(runs.faulty.workflowId);
    expect(leaked(EVERYTHING, worker.output())).toEqual([]);
    expect(worker.output()).not.toMatch(/^\s+at /m);
  });

  it('the audit trail contains none', async () => {
    const { audit_entries: entries = [] } = await tables(job.databaseUrl);
    expect(entries.filter((text) => text.includes('user.checked')).length).toBeGreaterThan(
      2 * FACTORS.length,
    );
    expect(entries.flatMap((text) => leaked(EVERYTHING, text))).toEqual([]);
  });

  it('the store contains logins and e-mails with the users of a run, logins in its plan, and nothing else', async () => {
    const {
      run_users: users = [],
      runs: records = [],
      snapshots = [],
      ticket_notes: notes = [],
      ...rest
    } = await tables(job.databaseUrl);
    expect(new Set(users.flatMap((text) => leaked(EVERYTHING, text)))).toEqual(
      new Set(['login', 'email']),
    );
    expect(leaked(EVERYTHING, JSON.stringify(rest))).toEqual([]);
    expect(Object.keys(rest)).toEqual(
      expect.arrayContaining(['audit_entries', 'tickets', 'messages']),
    );
    // What a vendor said about a ticket, without what may be secret or personal.
    expect(leaked(EVERYTHING, notes.join('\n'))).toEqual(['vendorText']);
    const found = (texts: readonly string[], omit: (row: never) => unknown): string[] =>
      leaked(EVERYTHING, JSON.stringify(texts.map((text) => omit(JSON.parse(text) as never))));
    expect(leaked(EVERYTHING, records.join('\n'))).toEqual(['vendorText', 'login']);
    expect(found(records, withoutExemptions)).toEqual([]);
    expect(
      found(snapshots, ({ content }: { content: string }) => ({
        ...parsed(content),
        exemptions: [],
      })),
    ).toEqual([]);
  });

  it('Slack receives none', async () => {
    const { messages } = await job.emulators.state('messages');
    expect(messages.length).toBeGreaterThanOrEqual(3);
    expect(leaked(EVERYTHING, JSON.stringify(messages))).toEqual([]);
    const sent = await job.emulators.log({ vendor: 'slack' });
    expect(
      leaked(EVERYTHING, JSON.stringify(sent.map(({ body, query, path }) => [body, query, path]))),
    ).toEqual([]);
    expect(JSON.stringify(messages)).toContain('Finance');
  });

  it('Jira receives only the login of a user', async () => {
    const { issues } = await job.emulators.state('issues');
    expect(issues).toHaveLength(4);
    expect(issues.map((issue) => leaked(EVERYTHING, JSON.stringify(issue)))).toEqual(
      issues.map(() => ['login']),
    );
    const sent = await job.emulators.log({ vendor: 'jira' });
    expect(
      leaked(EVERYTHING, JSON.stringify(sent.map(({ body, query, path }) => [body, query, path]))),
    ).toEqual(['login']);
    const asked = sent.map(({ query, path, body, write }) => [query, path, write ? null : body]);
    expect(JSON.stringify(asked)).toContain('labels = ');
    expect(leaked(EVERYTHING, JSON.stringify(asked))).toEqual([]);
  });

  it('requests to Okta contain ids only', async () => {
    const sent = await job.emulators.log({ vendor: 'okta' });
    const asked = sent
      .filter(({ query }) => !query.includes('search='))
      .map(({ path, query }) => `${path}?${query}`);
    expect(asked.length).toBeGreaterThan(3 * FACTORS.length);
    expect(asked.flatMap((text) => leaked(EVERYTHING, text))).toEqual([]);
  });

  it.each([
    'broken Okta',
    'broken Jira and Slack',
    'the doctor',
    'a wrong token',
    'a person with a wrong token',
  ])('the output of arx with %s contains none, except in the report', (name) => {
    const { out, err } = outputs[name] as Outcome;
    expect(leaked(EVERYTHING, err)).toEqual([]);
    const {
      users = [],
      exemptions,
      ...document
    } = /^\{/.test(out) ? (JSON.parse(out) as RunDocument) : { out };
    const words = 'tickets' in document ? document.tickets.failed.splice(0) : [];
    // The doctor repeats what a vendor said, without what may be secret or personal, and names the
    // exemption of arx.yaml that matches nobody.
    const repeated = name === 'the doctor' ? ['vendorText', 'login'] : [];
    expect(leaked(EVERYTHING, JSON.stringify(document))).toEqual(repeated);
    expect(leaked({ ...EVERYTHING, vendorText: LOGIN.login }, JSON.stringify(words))).toEqual([]);
    expect(
      leaked({ ...SECRETS, ...PRIVATE, ...EMAIL }, JSON.stringify([users, exemptions ?? []])),
    ).toEqual([]);
  });
});

const parsed = (text: string): object => JSON.parse(text) as object;

/**
 * A stored run without its exemptions, which name logins as their author wrote them, and without the
 * words of Jira about its tickets.
 */
function withoutExemptions({
  plan,
  summary,
  ...row
}: {
  plan: object;
  summary: object | null;
}): object {
  return {
    ...row,
    plan: { ...plan, exemptions: null, expiredExemptions: null },
    summary: { ...summary, exemptions: null, tickets: null },
  };
}
