/**
 * Scans as they are commonly written: list the users, read the factors of each. Nothing is stored.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** How a baseline keeps to the quota. */
export type Baseline =
  | { kind: 'sdk'; inFlight: number }
  | { kind: 'serial' }
  /** Calls at even distances, at a share of the limit that is known beforehand. */
  | { kind: 'paced'; perWindow: number; windowMs: number };

export interface BaselineJob {
  baseline: Baseline;
  /** No slash at the end. */
  origin: string;
  token: string;
}

/** Users whose factors were read, and those that were given up. */
export interface BaselineResult {
  read: number;
  lost: number;
}

/** Runs one scan. Throws where the listing fails. */
export function runBaseline(job: BaselineJob): Promise<BaselineResult> {
  switch (job.baseline.kind) {
    case 'sdk':
      return sdkScan(job, job.baseline.inFlight);
    case 'serial':
      return serialScan(job);
    case 'paced':
      return pacedScan(job, job.baseline);
  }
}

/**
 * The Okta SDK's client as it comes (two retries of a 429, after the reset and a second), so many
 * users at once.
 */
async function sdkScan({ origin, token }: BaselineJob, inFlight: number): Promise<BaselineResult> {
  const { Client } = await import('@okta/okta-sdk-nodejs');
  const client = new Client({ orgUrl: origin, token });
  const ids: string[] = [];
  for await (const user of await client.userApi.listUsers({ limit: 200 }))
    if (user?.id) ids.push(user.id);
  const result = { read: 0, lost: 0 };
  const waiting = ids.values();
  const work = async (): Promise<void> => {
    for (const userId of waiting) {
      try {
        for await (const factor of await client.userFactorApi.listFactors({ userId })) void factor;
        result.read += 1;
      } catch {
        result.lost += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return result;
}

async function serialScan(job: BaselineJob): Promise<BaselineResult> {
  const ids = await listAll(job, async () => undefined);
  for (const id of ids) await get(job, `${job.origin}/api/v1/users/${id}/factors`);
  return { read: ids.length, lost: 0 };
}

async function pacedScan(
  job: BaselineJob,
  pace: Extract<Baseline, { kind: 'paced' }>,
): Promise<BaselineResult> {
  const turn = pacer(pace.windowMs / pace.perWindow);
  const ids = await listAll(job, turn);
  const reads: Promise<unknown>[] = [];
  for (const id of ids) {
    await turn();
    reads.push(get(job, `${job.origin}/api/v1/users/${id}/factors`));
  }
  await Promise.all(reads);
  return { read: ids.length, lost: 0 };
}

/** Resolves at even distances; a turn that comes late does not move those after it. */
function pacer(everyMs: number): () => Promise<void> {
  let next = performance.now();
  return async () => {
    const waitMs = next - performance.now();
    next += everyMs;
    if (waitMs > 0) await delay(waitMs);
  };
}

async function listAll(job: BaselineJob, turn: () => Promise<void>): Promise<string[]> {
  const ids: string[] = [];
  let url: string | null = `${job.origin}/api/v1/users?limit=200`;
  while (url !== null) {
    await turn();
    const answer: Page = await get(job, url);
    ids.push(...(answer.body as { id: string }[]).map(({ id }) => id));
    url = answer.next;
  }
  return ids;
}

interface Page {
  body: unknown;
  next: string | null;
}

/**
 * One answer; after a 429 again, when the window that the headers tell has ended. Throws on any
 * other status.
 */
async function get({ token }: BaselineJob, url: string): Promise<Page> {
  for (;;) {
    const answer = await fetch(url, {
      headers: { authorization: `SSWS ${token}`, accept: 'application/json' },
    });
    const body: unknown = await answer.json();
    if (answer.ok) return { body, next: nextLink(answer.headers.get('link')) };
    if (answer.status !== 429) throw new Error(`${url}: ${answer.status}`);
    await delay(untilReset(answer.headers));
  }
}

const nextLink = (links: string | null): string | null =>
  /<([^>]+)>; rel="next"/.exec(links ?? '')?.[1] ?? null;

// Against the answer's own date, as Okta documents it; both are whole seconds.
function untilReset(headers: Headers): number {
  const ms =
    Number(headers.get('x-rate-limit-reset')) * 1_000 - Date.parse(headers.get('date') ?? '');
  return Number.isFinite(ms) ? Math.max(1_000, ms) : 10_000;
}
