/** Variables that prove identity: the access key and the seed that signs decisions. */

import { createHash } from 'node:crypto';
import { optional } from './env.ts';
import type { ArxEnv } from './env.ts';
import type { ReadResult } from './address.ts';
import { Secret } from './secret.ts';

/**
 * ARX_KEY: the access key that identifies the user or service at the command line; null if it is
 * not set. Throws ConfigError.
 */
export function accessKey({ source }: ArxEnv): Secret | null {
  return optional(source, 'ARX_KEY', readAccessKey);
}

/** Whether a text has the form of an access key; other texts need no look-up. */
export const isAccessKey = (text: string): boolean => /^arxk_[A-Za-z0-9_-]{43}$/.test(text);

/** The hash under which an access key is stored. */
export const keyHash = (key: string): string => createHash('sha256').update(key).digest('hex');

const readAccessKey = (text: string): ReadResult<Secret> =>
  isAccessKey(text.trim())
    ? { ok: true, value: new Secret(text.trim()) }
    : {
        ok: false,
        problem: 'is not an access key',
        remedy: 'Use a key that `arx keys create` printed: arxk_ followed by 43 characters.',
      };

/**
 * ARX_DECISION_KEY: the seed of the key that signs decisions, as hex; null if it is not set. Throws
 * ConfigError.
 */
export function readDecisionSeed({ source }: ArxEnv): Secret | null {
  return optional(source, 'ARX_DECISION_KEY', readSeed);
}

const readSeed = (text: string): ReadResult<Secret> =>
  /^[0-9a-f]{64}$/i.test(text.trim())
    ? { ok: true, value: new Secret(text.trim().toLowerCase()) }
    : {
        ok: false,
        problem: 'is not an Ed25519 seed',
        remedy: 'Use 32 random bytes as 64 hex digits: `openssl rand -hex 32`.',
      };
