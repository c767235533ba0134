/** Signed requests to an S3-compatible store. */

import { setTimeout as pause } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { SinkError } from './errors.ts';
import type { S3SinkSettings } from '../../config/env/audit-sink.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1_048_576;
/** Waits between the attempts at a store that is busy, in milliseconds. */
const WAITS = [100, 400, 1_000];

/** A request for an object, or for the bucket if the key is empty. */
export interface S3Request {
  method: 'GET' | 'PUT';
  key: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array<ArrayBuffer>;
}

/** An answer below 300, or one of the statuses that the caller expects. */
interface S3Answer {
  status: number;
  text: string;
}

/**
 * Sends a request, again if the store is busy. Throws SinkError for every answer from 300 on, except
 * for the statuses in `expected`.
 */
export async function requestS3(
  settings: S3SinkSettings,
  request: S3Request,
  expected: readonly number[] = [],
): Promise<S3Answer> {
  for (let n = 0; ; n += 1) {
    const answer = await exchange(settings, request);
    if (answer.status < 300 || expected.includes(answer.status)) return answer;
    const wait = WAITS[n];
    if (!isBusy(answer) || wait === undefined) throw refusal(settings, answer);
    await pause(wait * (0.5 + Math.random()));
  }
}

async function exchange(settings: S3SinkSettings, request: S3Request): Promise<S3Answer> {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey, sessionToken } = settings;
  const { method, key, query = {}, headers = {}, body } = request;
  const url = new URL(`${endpoint}/${bucket}${key === '' ? '' : `/${key}`}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const signed = await new AwsV4Signer({
    method,
    url: url.href,
    headers: { ...headers },
    ...(body && { body }),
    service: 's3',
    region,
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken && { sessionToken: sessionToken.reveal() }),
  }).sign();
  try {
    const answer = await fetch(signed.url, {
      method,
      headers: signed.headers,
      ...(body && { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: answer.status, text: await readText(answer) };
  } catch (error) {
    if (error instanceof SinkError) throw error;
    throw unreachable(settings, (error as Error).name === 'TimeoutError');
  }
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES)
      throw new SinkError('sink_refused', 'the store sent an answer of more than 64 MB', CHECK);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The store asks to try again, or two writers met. */
const isBusy = ({ status }: S3Answer): boolean => status >= 500 || status === 429 || status === 409;

/** The text of the first XML element of this name; keys and codes need no unescaping. */
export const elementOf = (xml: string, name: string): string | null =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null;

const CHECK = 'Check audit.sink.s3 in arx.yaml.';
const REMEDIES: Readonly<Record<string, string>> = {
  AccessDenied:
    'Grant the credentials s3:PutObject, s3:PutObjectRetention, s3:GetObject and s3:ListBucket on bucket and prefix.',
  InvalidAccessKeyId: 'Correct AWS_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'Correct AWS_SECRET_ACCESS_KEY, and audit.sink.s3.region.',
  ExpiredToken: 'Renew AWS_SESSION_TOKEN and the keys that belong to it.',
  RequestTimeTooSkewed: 'Set the clock of this machine.',
  NoSuchBucket: 'Create the bucket of audit.sink.s3, with Object Lock, or correct its name.',
  InvalidRequest: 'Create the bucket with Object Lock, or set audit.sink.s3.object_lock to null.',
  ObjectLockConfigurationNotFoundError:
    'Create the bucket with Object Lock, or set audit.sink.s3.object_lock to null.',
  NotImplemented: 'Use a store that supports If-None-Match and Object Lock.',
};

function refusal(settings: S3SinkSettings, { status, text }: S3Answer): SinkError {
  const found = elementOf(text, 'Code') ?? '';
  const code = /^[A-Za-z]{1,60}$/.test(found) ? found : '';
  const message = `${nameOf(settings)} answered ${status}${code && ` ${code}`}`;
  const busy = status >= 500 || status === 429;
  if (busy) return new SinkError('sink_unavailable', message, 'Wait until the store works again.');
  return new SinkError('sink_refused', message, REMEDIES[code] ?? CHECK);
}

const unreachable = (settings: S3SinkSettings, timedOut: boolean): SinkError =>
  new SinkError(
    'sink_unavailable',
    timedOut
      ? `${nameOf(settings)} did not answer within ${TIMEOUT_MS / 1_000} s`
      : `${nameOf(settings)} cannot be reached`,
    'Check audit.sink.s3.endpoint and the network.',
  );

/** The bucket and prefix, with the host that serves them. */
export const nameOf = ({ endpoint, bucket, prefix }: S3SinkSettings): string =>
  `s3://${new URL(endpoint).host}/${bucket}/${prefix}`;
