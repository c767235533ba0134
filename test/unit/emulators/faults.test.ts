import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { Faults } from '../../../emulators/faults.ts';
import type { EmulatedRequest, FaultRule } from '../../../emulators/types.ts';
import { adf, jiraCalls, nextLink, oktaCalls, slackCalls } from '../../support/vendor-calls.ts';
import type { PlainAnswer } from '../../support/vendor-calls.ts';

let emulators: RunningEmulators;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'plain', users: 5, rateLimit: 600 });
});
beforeEach(() => emulators.faults.clear());
afterAll(() => emulators.close());

const users = (query = ''): Promise<PlainAnswer> =>
  oktaCalls(emulators.document)('GET', `/api/v1/users${query}`);
const createIssue = (): Promise<PlainAnswer> => {
  const fields = {
    project: { key: 'SEC' },
    issuetype: { name: 'Task' },
    summary: 's',
    description: adf('d'),
  };
  return jiraCalls(emulators.document)('POST', '/rest/api/3/issue', { fields });
};
const post = (): Promise<PlainAnswer> =>
  slackCalls(emulators.document)('POST', 'chat.postMessage', {
    channel: emulators.document.slackChannel,
    text: 'x',
  });

describe('before and after acceptance', () => {
  const KINDS: readonly (readonly [string, Partial<FaultRule>, number | null])[] = [
    ['status', { kind: 'status', status: 503 }, 503],
    ['html200', { kind: 'html200' }, 200],
    ['truncated', { kind: 'truncated' }, 200],
    ['unauthorized', { kind: 'unauthorized' }, 401],
    ['rateLimited', { kind: 'rateLimited' }, 429],
    ['redirect', { kind: 'redirect' }, 302],
    ['reset', { kind: 'reset' }, null],
  ];

  it.each(KINDS)(
    '%s before: no issue; after: an issue that the caller does not see',
    async (_, rule, status) => {
      for (const moment of ['before', 'after'] as const) {
        emulators.faults.clear();
        emulators.faults.add({
          vendor: 'jira',
          method: 'POST',
          times: 1,
          moment,
          kind: 'status',
          ...rule,
        });
        const known = emulators.jira.present().length;
        const answer = await createIssue().catch(() => null);
        expect(answer?.status ?? null).toBe(status);
        const accepted = moment === 'after';
        expect(emulators.jira.present().length - known).toBe(accepted ? 1 : 0);
        const entry = emulators.log.entries.at(-1);
        expect(entry).toMatchObject({
          fault: rule.kind,
          accepted,
          status: accepted ? 201 : null,
          sent: status,
        });
        expect(entry?.effect === undefined).toBe(!accepted);
      }
    },
  );

  it('a hanging request is logged immediately and ends with its caller', async () => {
    emulators.faults.add({ vendor: 'slack', kind: 'hang', moment: 'after', times: 1 });
    const { slack, tokens, slackChannel } = emulators.document;
    const signal = AbortSignal.timeout(200);
    const body = new URLSearchParams({ channel: slackChannel, text: 'hung' });
    const headers = { authorization: `Bearer ${tokens.slack}` };
    await expect(
      fetch(`${slack}chat.postMessage`, { method: 'POST', body, headers, signal }),
    ).rejects.toThrow();
    expect(emulators.slack.messages(slackChannel).at(-1)?.text).toBe('hung');
    expect(emulators.log.entries.at(-1)).toMatchObject({
      fault: 'hang',
      accepted: true,
      sent: null,
    });
  });

  it('latency delays and changes nothing else', async () => {
    emulators.faults.add({ vendor: 'okta', kind: 'latency', ms: 120 });
    emulators.faults.add({ vendor: 'okta', kind: 'latency', ms: 80, moment: 'after' });
    const started = performance.now();
    expect((await users()).body).toHaveLength(5);
    expect(performance.now() - started).toBeGreaterThan(190);
    expect(emulators.log.entries.at(-1)).toMatchObject({
      fault: 'latency',
      accepted: true,
      status: 200,
    });
  });

  it('a status fault sends the given body', async () => {
    emulators.faults.add({ vendor: 'okta', kind: 'status', status: 200, body: {} });
    expect(await users()).toMatchObject({ status: 200, body: {} });
  });
});

describe('faults of lists', () => {
  it('an empty page links to the requested page', async () => {
    const first = await users('?limit=2');
    emulators.faults.add({ vendor: 'okta', kind: 'emptyPage', times: 1 });
    const empty = await oktaCalls(emulators.document)('GET', nextLink(first) ?? '');
    const second = await oktaCalls(emulators.document)('GET', nextLink(empty) ?? '');
    expect(empty).toMatchObject({ status: 200, body: [] });
    expect(nextLink(empty)).not.toBe(nextLink(first));
    expect(second.body).toEqual(
      (await users()).body && ((await users()).body as unknown[]).slice(2, 4),
    );
  });

  it('an empty page of a search links to the requested page', async () => {
    await createIssue();
    emulators.faults.add({
      vendor: 'jira',
      pathPattern: 'search/jql',
      kind: 'emptyPage',
      times: 1,
    });
    const jira = jiraCalls(emulators.document);
    const path = '/rest/api/3/search/jql?jql=project%3DSEC&maxResults=1';
    const empty = (await jira('GET', path)).body as {
      issues: unknown[];
      nextPageToken: string;
      isLast: boolean;
    };
    expect(empty).toMatchObject({ issues: [], isLast: false });
    const next = (await jira('GET', `${path}&nextPageToken=${empty.nextPageToken}`)).body as {
      issues: unknown[];
    };
    expect(next.issues).toHaveLength(1);
  });

  it('an expired cursor, and a next link to another host', async () => {
    emulators.faults.add({ vendor: 'okta', pathPattern: 'after=', kind: 'expiredCursor' });
    emulators.faults.add({
      vendor: 'okta',
      kind: 'foreignNextLink',
      url: 'http://127.0.0.1:9/steal',
      times: 1,
    });
    const first = await users('?limit=2');
    expect(nextLink(first)).toBe('http://127.0.0.1:9/steal');
    expect(first.body).toHaveLength(2);
    const { id } = (first.body as { id: string }[])[0]!;
    expect((await users(`?after=${id}`)).body).toMatchObject({ errorCode: 'E0000031' });
  });
});

describe('429 with unusual headers', () => {
  const reset = (answer: PlainAnswer): string | null => answer.headers.get('x-rate-limit-reset');
  const FORMS: readonly (readonly [FaultRule['headers'], (value: string | null) => boolean])[] = [
    ['normal', (value) => Number(value) * 1000 > Date.now()],
    ['none', (value) => value === null],
    ['past', (value) => Number(value) * 1000 < Date.now()],
    ['garbled', (value) => Number.isNaN(Number(value))],
    ['duplicate', (value) => /^\d+, \d+$/.test(value ?? '')],
  ];
  it.each(FORMS)('Okta, %s', async (headers, fits) => {
    emulators.faults.add({ vendor: 'okta', kind: 'rateLimited', headers });
    const answer = await users();
    expect([answer.status, answer.body]).toEqual([
      429,
      expect.objectContaining({ errorCode: 'E0000047' }),
    ]);
    expect(fits(reset(answer))).toBe(true);
  });

  it('Jira and Slack, with and without Retry-After', async () => {
    emulators.faults.add({ vendor: 'jira', kind: 'rateLimited', retryAfter: 7, times: 1 });
    emulators.faults.add({ vendor: 'jira', kind: 'rateLimited', retryAfter: null });
    emulators.faults.add({ vendor: 'slack', kind: 'rateLimited', retryAfter: null });
    expect((await createIssue()).headers.get('retry-after')).toBe('7');
    expect((await createIssue()).headers.get('retry-after')).toBeNull();
    const slack = await post();
    expect([slack.status, slack.headers.get('retry-after'), slack.body]).toEqual([
      429,
      null,
      { ok: false, error: 'ratelimited' },
    ]);
  });
});

describe('rules', () => {
  const request = (path: string, rawQuery = ''): EmulatedRequest => ({
    method: 'GET',
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: {},
    body: undefined,
    text: '',
    params: {},
    origin: '',
  });
  const strikes = (faults: Faults, count: number, path = '/x'): boolean[] =>
    Array.from(
      { length: count },
      () => faults.strike('okta', request(path), 'before').rule !== null,
    );

  it('let some requests pass first, and stop after a number of times', () => {
    const faults = new Faults();
    faults.add({ vendor: 'okta', kind: 'reset', after: 2, times: 2 });
    expect(strikes(faults, 6)).toEqual([false, false, true, true, false, false]);
    expect(faults.list()).toMatchObject([{ matched: 6, struck: 2 }]);
  });

  it('with a probability are reproducible by their seed', () => {
    const run = (seed: number): boolean[] => {
      const faults = new Faults();
      faults.add({ vendor: 'okta', kind: 'reset', probability: 0.3, seed });
      return strikes(faults, 200);
    };
    expect(run(4)).toEqual(run(4));
    expect(run(4)).not.toEqual(run(5));
    const share = run(4).filter(Boolean).length / 200;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
  });

  it('select by vendor, method, path and query', () => {
    const faults = new Faults();
    faults.add({ vendor: 'jira', kind: 'reset' });
    faults.add({ vendor: 'okta', method: 'POST', kind: 'reset' });
    faults.add({ vendor: 'okta', pathPattern: '^/users\\?limit=2$', kind: 'hang' });
    expect(faults.strike('okta', request('/users'), 'before').rule).toBeNull();
    expect(faults.strike('okta', request('/users', 'limit=2'), 'after').rule).toBeNull();
    expect(faults.strike('okta', request('/users', 'limit=2'), 'before').rule?.kind).toBe('hang');
  });

  it.each([
    [{ vendor: 'okta', kind: 'statsu' }, /^kind must be one of latency, reset, .*, not "statsu"$/],
    [{ vendor: 'okta' }, /^kind must be one of /],
    [{ vendor: 'octa', kind: 'reset' }, /^vendor must be one of okta, jira, .*, not "octa"$/],
  ])('are refused with the known names over HTTP: %j', async (rule, message) => {
    const answer = await fetch(`${emulators.document.control}/faults`, {
      method: 'POST',
      body: JSON.stringify(rule),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.stringMatching(message) });
    expect(emulators.faults.list()).toEqual([]);
  });
});
