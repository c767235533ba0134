/** A sink in an S3-compatible store: each object holds consecutive entries as lines. */

import { hash } from 'node:crypto';
import { conflictError, SinkError } from './errors.ts';
import { elementOf, nameOf, requestS3 } from './s3-client.ts';
import type { S3SinkSettings } from '../../config/env/audit-sink.ts';
import type { AuditSink, IndexedText } from './types.ts';

const DAY_MS = 86_400_000;

/**
 * Every object is named by the index of its first entry and written with If-None-Match, so that
 * nothing is overwritten. With `lock`, the store keeps it from being changed or removed.
 */
export function createS3Sink(
  settings: S3SinkSettings,
  now: () => Date = () => new Date(),
): AuditSink {
  let isChecked = false;
  const keyOf = (first: number): string =>
    `${settings.prefix}${String(first).padStart(15, '0')}.jsonl`;

  const put = async (first: number, body: Uint8Array<ArrayBuffer>): Promise<boolean> => {
    const { status } = await requestS3(
      settings,
      {
        method: 'PUT',
        key: keyOf(first),
        body,
        headers: { ...headersFor(body), ...lockHeaders(settings, now()) },
      },
      [412],
    );
    return status !== 412;
  };

  return {
    name: nameOf(settings),
    exclusive: false,
    keptMs: settings.lock && settings.lock.days * DAY_MS,
    async append(first, texts) {
      const body = Uint8Array.from(Buffer.from(texts.map((text) => `${text}\n`).join('')));
      if (!(await put(first, body))) return await read(settings, keyOf(first));
      if (!isChecked && (await put(first, body))) throw overwrites(settings);
      isChecked = true;
      return null;
    },
    pages: () => pagesOf(settings),
    probe: async () => void (await list(settings, null, 1)),
  };
}

function headersFor(body: Uint8Array<ArrayBuffer>): Record<string, string> {
  return {
    'content-type': 'application/jsonl',
    'if-none-match': '*',
    'x-amz-content-sha256': hash('sha256', body, 'hex'),
    // Some stores ask for the one, some for the other, before they lock an object.
    'x-amz-sdk-checksum-algorithm': 'SHA256',
    'x-amz-checksum-sha256': hash('sha256', body, 'base64'),
  };
}

function lockHeaders({ lock }: S3SinkSettings, now: Date): Record<string, string> {
  if (lock === null) return {};
  return {
    'x-amz-object-lock-mode': lock.mode.toUpperCase(),
    'x-amz-object-lock-retain-until-date': new Date(
      now.getTime() + lock.days * DAY_MS,
    ).toISOString(),
  };
}

async function read(settings: S3SinkSettings, key: string): Promise<string[]> {
  const { text } = await requestS3(settings, { method: 'GET', key });
  const lines = text.split('\n');
  if (lines.pop() !== '') throw conflictError(`${nameOf(settings)}: ${key} ends within an entry`);
  return lines;
}

async function* pagesOf(settings: S3SinkSettings): AsyncGenerator<IndexedText[]> {
  for (let after: string | null = null; ;) {
    const { keys, isLast } = await list(settings, after, 1_000);
    for (const key of keys) {
      const first = Number(/(\d{15})\.jsonl$/.exec(key)?.[1] ?? NaN);
      if (Number.isNaN(first)) continue;
      yield (await read(settings, key)).map((text, n) => ({ index: first + n, text }));
    }
    after = keys.at(-1) ?? null;
    if (isLast || after === null) return;
  }
}

/** The keys below the prefix, in order. */
async function list(
  settings: S3SinkSettings,
  after: string | null,
  limit: number,
): Promise<{ keys: string[]; isLast: boolean }> {
  const { prefix } = settings;
  const query = {
    'list-type': '2',
    'max-keys': String(limit),
    ...(prefix !== '' && { prefix }),
    ...(after !== null && { 'start-after': after }),
  };
  const { text } = await requestS3(settings, { method: 'GET', key: '', query });
  const keys = [...text.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key!);
  if (!text.includes('<ListBucketResult'))
    throw new SinkError(
      'sink_refused',
      `${nameOf(settings)} did not answer as S3 does`,
      'Check audit.sink.s3.endpoint.',
    );
  return { keys, isLast: elementOf(text, 'IsTruncated') !== 'true' };
}

const overwrites = (settings: S3SinkSettings): SinkError =>
  new SinkError(
    'sink_refused',
    `${nameOf(settings)} overwrites objects although If-None-Match was sent`,
    'Use a store that supports conditional writes.',
  );
