import { isObject } from './http.ts';
import type { Json } from './types.ts';

/** One of the first two parts of a JSON Web Token as an object; null if it is not one. */
export function tokenPart(text: string | undefined): Json | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
