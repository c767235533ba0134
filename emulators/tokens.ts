import { randomBytes } from 'node:crypto';
import type { EmulatedRequest } from './types.ts';

interface Grant<Held> {
  held: Held;
  expiresAt: number;
}

/** The result of checking a bearer token: its data, or why it is not valid. */
type TokenCheck<Held> = { kind: 'valid'; held: Held } | { kind: 'expired' | 'unknown' | 'absent' };

/** Issues bearer tokens and checks them later. */
export class TokenStore<Held> {
  readonly #grants = new Map<string, Grant<Held>>();

  issue(prefix: string, held: Held, lifetimeS: number): string {
    const token = prefix + randomBytes(48).toString('base64url');
    this.#grants.set(token, { held, expiresAt: Date.now() + lifetimeS * 1000 });
    return token;
  }

  /** Checks the token in a request's Authorization header. */
  check({ headers }: EmulatedRequest): TokenCheck<Held> {
    const [scheme = '', token = ''] = (headers.authorization ?? '').split(' ');
    if (scheme.toLowerCase() !== 'bearer' || token === '') return { kind: 'absent' };
    const grant = this.#grants.get(token);
    if (!grant) return { kind: 'unknown' };
    return grant.expiresAt > Date.now() ? { kind: 'valid', held: grant.held } : { kind: 'expired' };
  }

  /** Makes all issued tokens expire now. */
  expire(): void {
    for (const grant of this.#grants.values()) grant.expiresAt = 0;
  }
}
