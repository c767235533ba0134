import { hash } from 'node:crypto';
import { canonicalJson } from '../../audit/canonical.ts';

/**
 * Hex SHA-256 of the canonical JSON of a call's arguments, by the platform's own hash. Null for
 * text that has no canonical form (half of a surrogate pair): it could not be audited either.
 */
export function argumentsDigest(input: unknown): string | null {
  try {
    return hash('sha256', canonicalJson(input), 'hex');
  } catch {
    return null;
  }
}
