import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArgumentError, parseArguments } from '../../../emulators/arguments.ts';
import { startEmulatorProcess } from '../../support/emulators.ts';
import type { EmulatorProcess } from '../../support/emulators.ts';
import { adf, jiraCalls, oktaCalls, slackCalls } from '../../support/vendor-calls.ts';

const MAIN = fileURLToPath(new URL('../../../emulators/main.ts', import.meta.url));
let emulators: EmulatorProcess;

beforeAll(async () => {
  emulators = await startEmulatorProcess({ users: 40, seed: 7, rateLimit: 0 });
});
afterAll(() => emulators.stop());

describe('the emulators in their own process', () => {
  it('print their addresses in one line', () => {
    expect(emulators.document).toMatchObject({ schema: 'arx.emulate/v1', jiraProject: 'SEC' });
    for (const name of ['okta', 'jira', 'slack', 'control'] as const) {
      expect(emulators.document[name]).toMatch(/^http:\/\/127\.0\.0\.1:\d+(\/api\/)?$/);
    }
    expect(emulators.env).toMatchObject({
      OKTA_DOMAIN: emulators.document.okta,
      SLACK_API_URL: emulators.document.slack,
    });
  });

  it('write the log to the file that they name, with the same lines as in memory', async () => {
    await oktaCalls(emulators.document)('GET', '/api/v1/users?limit=5');
    const fields = {
      project: { key: 'SEC' },
      issuetype: { name: 'Task' },
      summary: 's',
      description: adf('d'),
    };
    await jiraCalls(emulators.document)('POST', '/rest/api/3/issue', { fields });
    const lines = readFileSync(emulators.document.acceptLog ?? '', 'utf8')
      .trim()
      .split('\n');
    const entries = await emulators.log();
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(entries);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(await emulators.log({ vendor: 'jira', write: true })).toMatchObject([
      {
        operation: 'issues:create',
        accepted: true,
        status: 201,
        effect: { issue: 'SEC-1' },
        body: { fields },
      },
    ]);
    expect(await emulators.log({ vendor: 'okta', write: true })).toEqual([]);
  });

  it('do not show their tokens in log and state', async () => {
    await slackCalls(emulators.document)('POST', 'auth.test');
    const shown = JSON.stringify([await emulators.log(), await emulators.state()]);
    const { okta, jira, slack } = emulators.document.tokens;
    for (const token of [okta, jira, slack]) expect(shown).not.toContain(token);
  });

  it('are changed through the control server', async () => {
    const [added] = await emulators.addUsers([
      { login: 'x@control.example', factors: [{ type: 'sms' }], groups: ['New'] },
    ]);
    await emulators.patchUser('x@control.example', {
      factors: [{ type: 'webauthn' }],
      vanish: true,
    });
    await emulators.addGroups([{ name: 'Mine', members: [added!.id] }]);
    const { users, groups } = await emulators.state('users', 'groups');
    expect(users.find(({ id }) => id === added?.id)).toMatchObject({
      vanish: true,
      factors: [{ type: 'webauthn' }],
      groups: ['New', 'Mine'],
    });
    expect(groups.find(({ name }) => name === 'Mine')?.members).toEqual([added?.id]);
    await emulators.removeUser(added!.id);
    expect((await emulators.state('users')).users.some(({ id }) => id === added?.id)).toBe(false);
    const left = await emulators.addUsers([{ login: 'only@control.example' }], { replace: true });
    expect((await emulators.state('users')).users.map(({ id }) => id)).toEqual(
      left.map(({ id }) => id),
    );
    expect(await emulators.evolve()).toMatchObject({ becameCompliant: [{ id: left[0]?.id }] });
  });

  it('move and delete issues as a person would, and change settings', async () => {
    const fields = { project: { key: 'SEC' }, issuetype: { name: 'Task' }, summary: 'to move' };
    const { body } = await jiraCalls(emulators.document)('POST', '/rest/api/3/issue', { fields });
    const { key } = body as { key: string };
    expect(await emulators.transitionIssue(key, 'done')).toMatchObject({ key, category: 'done' });
    await emulators.deleteIssue(key);
    expect((await emulators.state('issues')).issues.some((issue) => issue.key === key)).toBe(false);
    await expect(emulators.deleteIssue(key)).rejects.toThrow(/404/);
    await emulators.oktaSettings({ denyPaths: ['/org$'] });
    expect((await oktaCalls(emulators.document)('GET', '/api/v1/org')).status).toBe(403);
    await emulators.jiraSettings({ anonymous: true });
    expect(
      (await jiraCalls(emulators.document)('GET', '/rest/api/3/myself')).body,
    ).not.toHaveProperty('accountId');
    await emulators.slackSettings({
      scopes: ['chat:write'],
      channels: [{ id: 'C0EXTRA', name: 'extra' }],
    });
    expect((await emulators.state('channels')).channels).toContainEqual({
      id: 'C0EXTRA',
      name: 'extra',
      isMember: true,
    });
  });

  it('add and remove fault rules, and refuse invalid ones', async () => {
    const id = await emulators.fault({ vendor: 'okta', kind: 'status', status: 500, times: 1 });
    expect((await oktaCalls(emulators.document)('GET', '/api/v1/users')).status).toBe(500);
    expect(await emulators.faults()).toMatchObject([{ id, matched: 1, struck: 1 }]);
    await emulators.clearFaults();
    expect(await emulators.faults()).toEqual([]);
    await expect(
      emulators.fault({ vendor: 'okta', kind: 'reset', pathPattern: '(' }),
    ).rejects.toThrow(/400/);
  });
});

describe('the process', () => {
  it('ends with its parent on request', async () => {
    const child = spawn(process.execPath, [MAIN, '--profile', 'empty', '--exit-with-parent'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends on %s with 0', async (signal) => {
    const child = spawn(process.execPath, [MAIN, '--profile', 'empty'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('names an invalid flag and ends with 2, and ends with 1 for a port in use', async () => {
    const wrong = spawn(process.execPath, [MAIN, '--users', 'many'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [said] = (await once(wrong.stderr, 'data')) as [Buffer];
    expect(said.toString()).toContain("--users must be a whole number of at least 0, not 'many'");
    expect(await once(wrong, 'exit')).toEqual([2, null]);
    const port = new URL(emulators.document.okta).port;
    const taken = spawn(process.execPath, [MAIN, '--okta-port', port], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [told] = (await once(taken.stderr, 'data')) as [Buffer];
    expect(told.toString()).toContain(`EADDRINUSE`);
    expect(await once(taken, 'exit')).toEqual([1, null]);
  });
});

describe('arguments', () => {
  it('count ports from a base; single ports take precedence', () => {
    const { options } = parseArguments(['--port', '4100', '--slack-port', '0']);
    const added = { entra: 4104, google: 4105, salesforce: 4106 };
    expect(options.ports).toEqual({ okta: 4100, jira: 4101, slack: 0, control: 4103, ...added });
  });

  it('set every option', () => {
    const given =
      '--users 9 --seed 2 --profile plain --weak-share 0.5 --rate-limit 0 --window-ms 1000 --index-lag-ms 5';
    const { options, exitWithParent } = parseArguments([
      ...given.split(' '),
      '--log',
      '/l',
      '--jira-project',
      'P',
      ...'--window-start clock --reset-rounding down --latency-ms 40'.split(' '),
      '--exit-with-parent',
    ]);
    expect(exitWithParent).toBe(true);
    expect(options).toMatchObject({
      users: 9,
      seed: 2,
      profile: 'plain',
      weakShare: 0.5,
      rateLimit: 0,
      windowMs: 1000,
      windowStart: 'clock',
      resetRounding: 'down',
      latencyMs: 40,
      indexLagMs: 5,
      log: '/l',
      jiraProject: 'P',
    });
  });

  it('can disable the log', () => {
    expect(parseArguments(['--log', 'none']).options.log).toBeNull();
    expect(parseArguments([]).options.log).toBeUndefined();
  });

  it.each([
    ['--window-start', 'minute', 'second, request, clock'],
    ['--reset-rounding', 'nearest', 'up, down'],
  ])('list the values of %s', (flag, value, choices) => {
    expect(() => parseArguments([flag, value])).toThrow(
      `${flag} must be one of ${choices}, not '${value}'`,
    );
  });

  it.each([
    ['--nope'],
    ['--users', '-1'],
    ['--profile', 'big'],
    ['--weak-share', '2'],
    ['--port', '65534'],
    ['stray'],
  ])('refuse %s %s', (...given) => {
    expect(() => parseArguments(given.filter((part) => part !== undefined))).toThrow(ArgumentError);
  });
});
