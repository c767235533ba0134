/** How a client of the embedded store shows that it knows the password. */

import { createHash, timingSafeEqual } from 'node:crypto';

/** How long a client may take to send the password, in milliseconds. */
export const LOGIN_MS = 10_000;

/** AuthenticationCleartextPassword: nobody but root can listen on loopback. */
export const ASK_PASSWORD = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

/** ErrorResponse `invalid_password`. */
export const WRONG_PASSWORD = errorResponse('28P01', 'password authentication failed');

/** Compares without revealing in its time how much was right. */
export const isPassword = (given: Uint8Array, expected: string): boolean =>
  timingSafeEqual(digest(given), digest(expected));

const digest = (value: Uint8Array | string): Buffer => createHash('sha256').update(value).digest();

function errorResponse(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`, 'utf8');
  const head = Buffer.alloc(5, 'E');
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}
