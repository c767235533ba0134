import { resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { ArxConfig } from '../schema/schema.ts';
import { readAddress } from './address.ts';
import type { ReadResult } from './address.ts';
import { optional, readSecret, requireVariable } from './env.ts';
import type { ArxEnv } from './env.ts';
import type { Secret } from './secret.ts';

/** How long new objects are locked. */
export interface ObjectLock {
  mode: 'governance' | 'compliance';
  days: number;
}

export interface S3SinkSettings {
  /** Origin, without a path. */
  endpoint: string;
  region: string;
  bucket: string;
  /** Empty, or a path that ends with a slash. */
  prefix: string;
  lock: ObjectLock | null;
  accessKeyId: string;
  secretAccessKey: Secret;
  sessionToken: Secret | null;
}

/** `audit.sink` of arx.yaml, with the credentials of the environment. */
export interface AuditSinkSettings {
  /** No call is made unless its intent is in the sink. */
  required: boolean;
  target: { kind: 'file'; path: string } | ({ kind: 's3' } & S3SinkSettings);
}

/** The environment and the configuration that name the sink. */
interface SinkSource {
  env: ArxEnv;
  config: ArxConfig;
  /** The folder that a relative path refers to. */
  baseDir: string;
}

type S3Config = NonNullable<NonNullable<ArxConfig['audit']['sink']>['s3']>;

/**
 * The sink of the audit trail, with its credentials; null if arx.yaml names none. Throws ConfigError.
 */
export function auditSinkSettings({ env, config, baseDir }: SinkSource): AuditSinkSettings | null {
  const { sink } = config.audit;
  if (sink === null) return null;
  const { required, file, s3 } = sink;
  if (file !== undefined)
    return { required, target: { kind: 'file', path: resolve(baseDir, file) } };
  if (s3 === undefined)
    throw new ConfigError('contradiction', NEITHER, 'Add audit.sink.file or audit.sink.s3.', null);
  return { required, target: { kind: 's3', ...locationOf(s3), ...credentialsOf(env) } };
}

const NEITHER = 'audit.sink has neither file nor s3';

function locationOf({ endpoint, region, bucket, prefix, object_lock: lock }: S3Config) {
  const read = readAddress(endpoint ?? `https://s3.${region}.amazonaws.com`);
  return {
    // The schema has refused everything else.
    endpoint: read.ok ? read.value.origin : '',
    region,
    bucket,
    prefix: prefix === null ? '' : `${prefix.replace(/\/$/, '')}/`,
    lock,
  };
}

function credentialsOf({ source }: ArxEnv) {
  return {
    accessKeyId: requireVariable(source, 'AWS_ACCESS_KEY_ID', readKeyId),
    secretAccessKey: requireVariable(source, 'AWS_SECRET_ACCESS_KEY', readSecret),
    sessionToken: optional(source, 'AWS_SESSION_TOKEN', readSecret),
  };
}

const readKeyId = (text: string): ReadResult<string> =>
  /^\w{3,128}$/.test(text)
    ? { ok: true, value: text }
    : { ok: false, problem: 'is not an access key id' };
