import { optional } from './env.ts';
import type { ArxEnv } from './env.ts';
import type { ReadResult } from './address.ts';
import { Secret } from './secret.ts';

/**
 * The current value of ARX_AUDIT_KEY (a file named by ARX_AUDIT_KEY_FILE is read each time); null
 * if it is not set. Throws ConfigError.
 */
export function auditKey({ source }: ArxEnv): Secret | null {
  return optional(source, 'ARX_AUDIT_KEY', readAuditKey);
}

const readAuditKey = (text: string): ReadResult<Secret> =>
  /^PRIVATE\+KEY\+[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/.test(text.trim())
    ? { ok: true, value: new Secret(text.trim()) }
    : {
        ok: false,
        problem: 'is not a key that signs audit checkpoints (PRIVATE+KEY+…)',
        remedy: 'Use a key that `arx keys rotate audit` wrote.',
      };
