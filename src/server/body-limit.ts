import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Problem } from './problem.ts';

const DEFAULT_MESSAGE = 'The body is too large.';

/**
 * Refuses larger bodies with 413. If the length is stated, the body is not read at all: node
 * discards an unread body and keeps the connection, whereas a body read in part blocks the
 * connection until it is closed.
 */
export function bodySizeLimit(
  maxBytes: number,
  texts: { message?: string; remedy?: string } = {},
): MiddlewareHandler {
  const tooLarge = (): never => {
    const { message = DEFAULT_MESSAGE, remedy = `Send at most ${maxBytes} bytes.` } = texts;
    throw new Problem(413, 'too_large', { message, remedy });
  };
  const counted = bodyLimit({ maxSize: maxBytes, onError: tooLarge });
  return async (context, next) => {
    const stated = context.req.header('content-length');
    if (stated === undefined || context.req.header('transfer-encoding') !== undefined)
      return counted(context, next);
    return Number(stated) > maxBytes ? tooLarge() : next();
  };
}
