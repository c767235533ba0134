import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import type { CustomField, JiraSettings } from '../../../../emulators/jira/model.ts';
import type { OktaSettings, ServiceAppSettings } from '../../../../emulators/okta/model.ts';
import type { SlackChannel, SlackSettings } from '../../../../emulators/slack/workspace.ts';
import type { FaultRule } from '../../../../emulators/types.ts';
import { vendorEnvironment } from '../../../../src/cli/demo/home.ts';
import type { CheckResult } from '../../../../src/cli/doctor/check.ts';
import { vendorChecks } from '../../../../src/cli/doctor/vendors.ts';
import { createIo } from '../../../../src/cli/kit/io.ts';
import { loadSettings } from '../../../../src/cli/kit/settings.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-misconfigured-'));
let emulators: RunningEmulators;
let database: TestDatabase;
let store: Store;
let settings: { okta: OktaSettings; jira: JiraSettings; slack: SlackSettings };

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'plain', users: 5, rateLimit: 0, log: null });
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
  await store.migrate();
  const { okta, jira, slack } = emulators;
  settings = structuredClone({
    okta: okta.settings,
    jira: jira.settings,
    slack: slack.settings,
  });
});
afterEach(() => {
  emulators.faults.clear();
  restore(emulators.okta.settings, settings.okta);
  restore(emulators.jira.settings, settings.jira);
  restore(emulators.slack.settings, settings.slack);
  Object.assign(channel(), { isArchived: false, isMember: true, isReadOnly: false });
});
afterAll(async () => {
  await store.close();
  await database.close();
  await emulators.close();
  rmSync(folder, { recursive: true, force: true });
});

function restore(now: object, before: object): void {
  for (const key of Object.keys(now)) Reflect.deleteProperty(now, key);
  Object.assign(now, structuredClone(before));
}

const channel = (): SlackChannel =>
  emulators.slack.channels.find(({ id }) => id === emulators.document.slackChannel)!;

/** What is wrong with a vendor or with the configuration. */
interface Wrong {
  env?: Record<string, string | undefined>;
  /** Lines of arx.yaml. */
  config?: string;
  jira?: Partial<JiraSettings>;
  slack?: Partial<SlackSettings>;
  channel?: Partial<SlackChannel>;
  okta?: Partial<OktaSettings>;
  fault?: FaultRule;
}
/** The check that names the fault, with words of its detail and of its remedy. */
type Case = [name: string, wrong: Wrong, check: string, detail: RegExp, remedy: RegExp];

async function checksWith(wrong: Wrong): Promise<CheckResult[]> {
  Object.assign(emulators.jira.settings, wrong.jira);
  Object.assign(emulators.slack.settings, wrong.slack);
  Object.assign(emulators.okta.settings, wrong.okta);
  Object.assign(channel(), wrong.channel);
  if (wrong.fault) emulators.faults.add(wrong.fault);
  const config = join(folder, 'arx.yaml');
  const policies = `policies: ["${resolve('policies')}/*.yaml"]`;
  writeFileSync(config, `version: 1\n${policies}\n${wrong.config ?? ''}\n`);
  const all = Object.entries(vendorEnvironment(emulators.document));
  const own = all.filter(([name]) => /^(OKTA|JIRA|SLACK)_/.test(name));
  const io = createIo({
    out: process.stdout,
    err: process.stderr,
    env: { ...Object.fromEntries(own), ARX_HOME: folder, ...wrong.env },
    signal: new AbortController().signal,
  });
  const found: CheckResult[] = [];
  for await (const check of vendorChecks(await loadSettings(io, { config }), store))
    found.push(check);
  return found;
}

/** The first failure of a vendor names what is wrong and what to do, each in one line. */
async function expectNamed(vendor: string, [, wrong, name, detail, remedy]: Case): Promise<void> {
  const checks = (await checksWith(wrong)).filter((check) =>
    [vendor, 'clock'].includes(check.name.split(' ')[0] ?? ''),
  );
  const told = checks.find((check) => check.name === name);
  expect(told).toMatchObject({
    detail: expect.stringMatching(detail),
    remedy: expect.stringMatching(remedy),
  });
  expect(`${told?.detail}${told?.remedy}`).not.toContain('\n');
  const first = checks.find(({ ok }) => !ok);
  if (told?.ok === false) expect(first?.name).toBe(name);
}

const casesOf = (table: Case[]): Case[] => table;

it('passes where nothing is wrong', async () => {
  expect((await checksWith({})).filter(({ ok }) => !ok)).toEqual([]);
});

describe('Jira', () => {
  const costCentre: CustomField = {
    id: 'customfield_10202',
    name: 'Cost centre',
    type: 'option',
    required: true,
    options: ['Red', 'Green'],
  };
  const withIssue = (more: Partial<JiraSettings>): Partial<JiraSettings> => {
    emulators.jira.create({
      summary: 'x',
      description: null,
      labels: [],
      issuetype: 'Task',
      priority: 'Medium',
      duedate: null,
      assignee: null,
    });
    return more;
  };

  it.each(
    casesOf([
      [
        'a wrong token',
        { env: { JIRA_API_TOKEN: 'ATATT-wrong' } },
        'jira myself',
        /not accepted/,
        /Create a new API token/,
      ],
      [
        'an expired token',
        { jira: { anonymous: true } },
        'jira myself',
        /not accepted/,
        /Create a new API token/,
      ],
      [
        'a CAPTCHA',
        { jira: { captcha: true } },
        'jira myself',
        /CAPTCHA_CHALLENGE/,
        /solve the CAPTCHA/,
      ],
      ['a page for signing in', { jira: { signIn: 'page' } }, 'jira myself', /form/, /JIRA_URL/],
      [
        'a redirect to a page for signing in',
        { jira: { signIn: 'redirect' } },
        'jira myself',
        /redirect/,
        /JIRA_URL/,
      ],
      [
        'no such project',
        { env: { JIRA_PROJECT_KEY: 'NOPE' } },
        'jira project',
        /does not exist/,
        /JIRA_PROJECT_KEY/,
      ],
      [
        'no permission to browse the project',
        { jira: { lacking: ['BROWSE_PROJECTS'] } },
        'jira project',
        /may not see/,
        /Browse projects/,
      ],
      [
        'an archived project',
        { jira: { isProjectArchived: true } },
        'jira project',
        /is archived/,
        /Restore/,
      ],
      ...(
        [
          ['CREATE_ISSUES', 'Create issues'],
          ['EDIT_ISSUES', 'Edit issues'],
          ['ADD_COMMENTS', 'Add comments'],
          ['TRANSITION_ISSUES', 'Transition issues'],
        ] as const
      ).map(([permission, words]): Case => [
        `no permission ${permission}`,
        { jira: { lacking: [permission] } },
        'jira permissions',
        new RegExp(`missing in SEC: ${words}`),
        new RegExp(`Grant ${words}`),
      ]),
      [
        'no such issue type',
        { config: 'tickets: { issue_type: Incident }' },
        'jira issue type',
        /no issue type Incident/,
        /one of Task, Bug/,
      ],
      [
        'a required field that is not filled in',
        { jira: { customFields: [costCentre] } },
        'jira create screen',
        /Cost centre \(customfield_10202\): it is required.*tickets\.fields\.customfield_10202/,
        /tickets\.fields/,
      ],
      [
        'a field that is not on the screen',
        { config: 'tickets: { fields: { customfield_1: x } }' },
        'jira create screen',
        /tickets\.fields\.customfield_1 is not on the screen, which has .*duedate \(Due date\)/,
        /tickets\.fields/,
      ],
      [
        'an option that is not offered',
        {
          jira: { customFields: [costCentre] },
          config: 'tickets: { fields: { customfield_10202: Blue } }',
        },
        'jira create screen',
        /it takes one of Red, Green/,
        /tickets\.fields/,
      ],
      [
        'a user whom Jira does not know',
        {
          jira: { customFields: [{ ...costCentre, id: 'reporter', type: 'user' }] },
          config: 'tickets: { fields: { reporter: nobody@example.com } }',
        },
        'jira create screen',
        /reporter.*no active Jira user/,
        /tickets\.fields/,
      ],
      [
        'labels that are not on the screen',
        { jira: { hiddenFields: ['labels'] } },
        'jira create screen',
        /finds its tickets by their labels/,
        /create screen/,
      ],
      [
        'a due date that is not on the screen',
        { jira: { hiddenFields: ['duedate'] } },
        'jira create screen',
        /without duedate/,
        /add it to the screen/,
      ],
      [
        'a workflow without a way to done',
        { jira: { workflow: [] } },
        'jira close',
        /no transition leads from To Do/,
        /Add one to the workflow/,
      ],
      [
        'a resolution that the closing transition does not offer',
        {
          jira: {
            workflow: [
              {
                id: '1',
                name: 'Done',
                to: { name: 'Done', category: 'done' },
                from: ['new'],
                fields: [{ id: 'resolution', required: true }],
              },
            ],
          },
          config: 'tickets: { close: { resolution: Perfect } }',
        },
        'jira close',
        /offers the resolutions Done/,
        /tickets\.close/,
      ],
    ]),
  )('names %s', async (...given) => {
    const [name, wrong, ...rest] = given;
    const jira = wrong.jira?.workflow ? withIssue(wrong.jira) : wrong.jira;
    await expectNamed('jira', [name, { ...wrong, ...(jira && { jira }) }, ...rest]);
  });
});

describe('Slack', () => {
  const SCOPES = ['chat:write', 'channels:history', 'channels:read', 'groups:read'];
  it.each(
    casesOf([
      [
        'a wrong token',
        { env: { SLACK_BOT_TOKEN: 'xoxb-wrong' } },
        'slack auth',
        /invalid_auth/,
        /Create a new bot token/,
      ],
      [
        'a revoked token',
        { slack: { refusal: 'token_revoked' } },
        'slack auth',
        /token_revoked/,
        /was revoked/,
      ],
      [
        'an app that was removed',
        { slack: { refusal: 'account_inactive' } },
        'slack auth',
        /account_inactive/,
        /install the app again/,
      ],
      [
        'the token of a user, by its form',
        { env: { SLACK_BOT_TOKEN: 'xoxp-1234' } },
        'slack settings',
        /is not a bot token/,
        /xoxb-/,
      ],
      [
        'the token of a user, by its answer',
        { slack: { owner: 'user' } },
        'slack auth',
        /belongs to the user/,
        /bot token/,
      ],
      [
        'the token of an organisation',
        { slack: { owner: 'org' } },
        'slack channel',
        /team_access_not_granted/,
        /in the workspace of the channel/,
      ],
      [
        'a missing scope to post',
        { slack: { scopes: ['channels:history'] } },
        'slack scopes',
        /missing: chat:write/,
        /install it again/,
      ],
      [
        'a missing scope to read the history',
        { slack: { scopes: ['chat:write'] } },
        'slack scopes',
        /missing: channels:history or groups:history/,
        /install it again/,
      ],
      [
        'no such channel',
        { env: { SLACK_CHANNEL: 'C0NOWHERE00' } },
        'slack channel',
        /channel_not_found/,
        /id of a channel/,
      ],
      [
        'a channel that the bot is not in',
        { channel: { isMember: false } },
        'slack channel',
        /not_in_channel/,
        /\/invite/,
      ],
      [
        'an archived channel',
        { slack: { scopes: SCOPES }, channel: { isArchived: true } },
        'slack channel',
        /is archived/,
        /unarchive it/,
      ],
      [
        'a read-only channel',
        { slack: { scopes: SCOPES }, channel: { isReadOnly: true } },
        'slack channel',
        /read-only/,
        /choose another/,
      ],
      [
        'a used-up rate limit',
        { fault: { vendor: 'slack', pathPattern: 'auth.test', kind: 'rateLimited' } },
        'slack auth',
        /rate limit/,
        /wait a minute/,
      ],
      [
        'an address that is not Slack',
        { fault: { vendor: 'slack', pathPattern: '/', kind: 'html200' } },
        'slack auth',
        /form/,
        /SLACK_API_URL/,
      ],
    ]),
  )('names %s', (...given) => expectNamed('slack', given));

  it('says that a name cannot be looked up, and recommends the id', async () => {
    const wrong = {
      env: { SLACK_CHANNEL: '#security-mfa' },
      slack: { scopes: ['chat:write', 'channels:history'] },
    };
    const checks = await checksWith(wrong);
    expect(checks.find(({ name }) => name === 'slack channel')?.detail).toMatch(
      /name #security-mfa cannot be looked up.*use the id/,
    );
  });
});

describe('Okta', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const CLIENT = '0oaServiceApp1';
  const pem = (key: typeof keys): string =>
    key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const ALL = ['okta.users.read', 'okta.groups.read', 'okta.logs.read'];
  const DELTA = [
    'connectors: { okta: { operations: ["users:*", "groups:read*", "logs:read"] } }',
    'scan: { mode: delta }',
  ].join('\n');
  /** A service app in place of the token. */
  const app = (more: Partial<ServiceAppSettings> = {}): Wrong => ({
    env: { OKTA_API_TOKEN: undefined, OKTA_CLIENT_ID: CLIENT, OKTA_PRIVATE_KEY: pem(keys) },
    okta: {
      oauth: {
        clientId: CLIENT,
        jwk: { ...keys.publicKey.export({ format: 'jwk' }) },
        scopes: ALL,
        ...more,
      },
    },
  });
  const appEnv = (env: Record<string, string>): Wrong => {
    const wrong = app();
    return { ...wrong, env: { ...wrong.env, ...env } };
  };

  it('passes for a service app where nothing is wrong', async () => {
    const checks = await checksWith({ ...app(), config: DELTA });
    expect(checks.filter(({ ok, name }) => !ok && name.startsWith('okta'))).toEqual([]);
  });

  it.each(
    casesOf([
      [
        'the address of the administrator pages',
        { env: { OKTA_DOMAIN: 'example-admin.okta.com' } },
        'okta settings',
        /administrator pages/,
        /Remove -admin/,
      ],
      [
        'a domain without an organisation',
        { okta: { isNoOrg: true } },
        'okta users:read',
        /form/,
        /OKTA_DOMAIN/,
      ],
      [
        'a host that cannot be reached',
        { env: { OKTA_DOMAIN: 'http://127.0.0.1:9' } },
        'okta users:read',
        /no connection/,
        /OKTA_DOMAIN/,
      ],
      [
        'a wrong or expired token',
        { env: { OKTA_API_TOKEN: '00wrongwrongwrongwrongwrongwrongwrongwrong' } },
        'okta users:read',
        /not accepted/,
        /Create a new token/,
      ],
      [
        'a blocked network zone',
        { okta: { isZoneBlocked: true } },
        'okta users:read',
        /lacks a permission/,
        /network zones/,
      ],
      [
        'a role that may not read factors',
        { okta: { denyPaths: ['/factors$'] } },
        'okta users:read_factors',
        /lacks a permission/,
        /read-only administrator role/,
      ],
      [
        'a role that may not read groups',
        { okta: { denyPaths: ['/groups'] } },
        'okta groups:read',
        /lacks a permission/,
        /read-only administrator role/,
      ],
      ...(
        [
          ['okta.users.read', 'okta users:read'],
          ['okta.groups.read', 'okta groups:read'],
          ['okta.logs.read', 'okta logs:read'],
        ] as const
      ).map(([scope, check]): Case => [
        `the missing scope ${scope}`,
        { ...app({ scopes: ALL.filter((one) => one !== scope) }), config: DELTA },
        check,
        /invalid_scope|scope/,
        new RegExp(`Grant the scope ${scope.replaceAll('.', '\\.')}`),
      ]),
      [
        'a wrong private key',
        appEnv({ OKTA_PRIVATE_KEY: pem(other) }),
        'okta users:read',
        /signature is invalid/,
        /public key of OKTA_PRIVATE_KEY/,
      ],
      [
        'a wrong client id',
        appEnv({ OKTA_CLIENT_ID: '0oaAnotherApp1' }),
        'okta users:read',
        /client_id/,
        /Check OKTA_CLIENT_ID/,
      ],
      [
        'an inactive app',
        app({ isInactive: true }),
        'okta users:read',
        /not active/,
        /its app is active/,
      ],
      [
        'an app whose proof of possession is not accepted',
        app({ refusesDpop: true }),
        'okta users:read',
        /DPoP/,
        /Turn off/,
      ],
      [
        'a policy that refuses the address',
        app({ isDenied: true }),
        'okta users:read',
        /Policy evaluation failed/,
        /network zones/,
      ],
      [
        'a clock that is wrong',
        { okta: { clockAheadMs: 7_200_000 } },
        'clock',
        /7\d\d\d s behind okta/,
        /NTP/,
      ],
    ]),
  )('names %s', (...given) => expectNamed('okta', given));

  it('names the clock where it makes the token request of a service app fail', async () => {
    const wrong = app();
    const checks = await checksWith({
      ...wrong,
      okta: { ...wrong.okta, clockAheadMs: 7_200_000 },
    });
    expect(checks.find(({ name }) => name === 'okta users:read')).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('the clock of this machine'),
    });
    expect(checks.find(({ name }) => name === 'clock')?.ok).toBe(false);
  });
});
