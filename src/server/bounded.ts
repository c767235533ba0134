import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Problem } from './problem.ts';

const USUAL = 'The body is too large.';

/**
 * Refuses bodies of more bytes with 413. One whose length is stated is not touched then: node
 * throws away what nobody began to read, and the connection goes on; one that was begun holds it up
 * until it is closed.
 */
export function bodySizeLimit(
  mostBytes: number,
  told: { message?: string; remedy?: string } = {},
): MiddlewareHandler {
  const tooLarge = (): never => {
    const { message = USUAL, remedy = `Send at most ${mostBytes} bytes.` } = told;
    throw new Problem(413, 'too_large', { message, remedy });
  };
  const counted = bodyLimit({ maxSize: mostBytes, onError: tooLarge });
  return async (context, next) => {
    const stated = context.req.header('content-length');
    if (stated === undefined || context.req.header('transfer-encoding') !== undefined)
      return counted(context, next);
    return Number(stated) > mostBytes ? tooLarge() : next();
  };
}
