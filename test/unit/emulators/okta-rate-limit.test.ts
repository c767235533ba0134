import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../src/emulators/rate-limit.ts';
import { startEmulators } from '../../../src/emulators/start.ts';
import { oktaCalls } from '../../support/vendor-calls.ts';

const AT = 1_800_000_000_000;

describe('a bucket', () => {
  it('begins its window with the first request and not with the minute', () => {
    const limiter = new RateLimiter({ rateLimit: 2, windowMs: 60_000 });
    const first = limiter.take('users', AT + 37_000);
    expect(first).toEqual({ limit: 2, remaining: 1, reset: AT / 1000 + 97, refused: false });
    expect(limiter.take('users', AT + 96_999)).toMatchObject({ remaining: 0, refused: false });
    expect(limiter.take('users', AT + 96_999)).toMatchObject({ remaining: 0, refused: true });
    expect(limiter.take('users', AT + 97_000)).toMatchObject({ remaining: 1, refused: false, reset: AT / 1000 + 157 });
  });

  it('stays shut until the second its header names', () => {
    const limiter = new RateLimiter({ rateLimit: 1, windowMs: 1000 });
    const { reset = 0 } = limiter.take('users', AT + 250) ?? {};
    expect(limiter.take('users', reset * 1000 - 1)).toMatchObject({ refused: true });
    expect(limiter.take('users', reset * 1000)).toMatchObject({ refused: false });
  });

  it('is one of several, and remembers what it saw', () => {
    const limiter = new RateLimiter({ rateLimit: 1, windowMs: 60_000 });
    limiter.take('users', AT + 20);
    limiter.take('users', AT + 30);
    expect(limiter.take('groups', AT + 1_040)).toMatchObject({ refused: false });
    const once = { windows: 1, served: 1, leastRemaining: 0 };
    expect(limiter.statistics()).toEqual([
      { name: 'users', ...once, throttled: 1, openedAt: AT, lastServedAt: AT + 20 },
      { name: 'groups', ...once, throttled: 0, openedAt: AT + 1_000, lastServedAt: AT + 1_040 },
    ]);
  });

  it('has no limit at 0', () => {
    expect(new RateLimiter({ rateLimit: 0, windowMs: 60_000 }).take('users', AT)).toBeNull();
  });
});

describe('the emulated Okta under a limit', () => {
  it('counts users and factors together, groups apart, and answers 429 E0000047 without Retry-After', async () => {
    const emulators = await startEmulators({ profile: 'plain', users: 1, rateLimit: 2 });
    const okta = oktaCalls(emulators.document);
    const { id } = emulators.okta.present()[0]!;
    await okta('GET', '/api/v1/users');
    const second = await okta('GET', `/api/v1/users/${id}/factors`);
    const third = await okta('GET', `/api/v1/users/${id}`);
    const group = await okta('GET', '/api/v1/groups');
    await emulators.close();
    expect(second.headers.get('x-rate-limit-remaining')).toBe('0');
    expect([third.status, third.body]).toEqual([429, expect.objectContaining({ errorCode: 'E0000047' })]);
    expect(third.headers.get('retry-after')).toBeNull();
    expect(third.headers.get('x-rate-limit-limit')).toBe('2');
    expect(third.headers.get('x-okta-request-id')).toMatch(/^[\w-]+$/);
    const wait = Number(third.headers.get('x-rate-limit-reset')) - Date.parse(third.headers.get('date') ?? '') / 1000;
    expect(wait).toBeGreaterThan(50);
    expect(wait).toBeLessThanOrEqual(60);
    expect(group.status).toBe(200);
    expect(emulators.log.entries.map(({ accepted }) => accepted)).toEqual([true, true, false, true]);
  });
});
