import { createHash } from 'node:crypto';
import { optional } from './env.ts';
import type { ArxEnv } from './env.ts';
import type { Read } from './address.ts';
import { Secret } from './secret.ts';

/**
 * ARX_KEY: the access key by which the person or service at the command line proves itself; null
 * where it is not set. Throws ConfigError.
 */
export function accessKey({ source }: ArxEnv): Secret | null {
  return optional(source, 'ARX_KEY', readAccessKey);
}

/** Whether a text has the form of an access key; nothing else is worth looking up. */
export const isAccessKey = (text: string): boolean => /^arxk_[A-Za-z0-9_-]{43}$/.test(text);

/** The hash under which the store knows an access key. */
export const keyHash = (key: string): string => createHash('sha256').update(key).digest('hex');

const readAccessKey = (text: string): Read<Secret> =>
  isAccessKey(text.trim())
    ? { ok: true, value: new Secret(text.trim()) }
    : {
        ok: false,
        problem: 'is no access key',
        remedy: 'Use a key that `arx keys create` printed: arxk_ and 43 characters.',
      };

/**
 * ARX_DECISION_KEY: the seed of the key that signs decisions, as hex; null where it is not set.
 * Throws ConfigError.
 */
export function readDecisionSeed({ source }: ArxEnv): Secret | null {
  return optional(source, 'ARX_DECISION_KEY', readSeed);
}

const readSeed = (text: string): Read<Secret> =>
  /^[0-9a-f]{64}$/i.test(text.trim())
    ? { ok: true, value: new Secret(text.trim().toLowerCase()) }
    : {
        ok: false,
        problem: 'is no Ed25519 seed',
        remedy: 'Give 32 random bytes as 64 hex digits: `openssl rand -hex 32`.',
      };
