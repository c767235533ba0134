import { optional } from './env.ts';
import type { ArxEnv } from './env.ts';
import type { Read } from './address.ts';
import { Secret } from './secret.ts';

/**
 * ARX_AUDIT_KEY as it is now (a file named by ARX_AUDIT_KEY_FILE is read again); null where it is
 * not set. Throws ConfigError.
 */
export function auditKey({ source }: ArxEnv): Secret | null {
  return optional(source, 'ARX_AUDIT_KEY', readAuditKey);
}

const readAuditKey = (text: string): Read<Secret> =>
  /^PRIVATE\+KEY\+[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/.test(text.trim())
    ? { ok: true, value: new Secret(text.trim()) }
    : {
        ok: false,
        problem: 'is no private key of a signed note',
        remedy: 'Use a key that `arx keys rotate audit` wrote.',
      };
