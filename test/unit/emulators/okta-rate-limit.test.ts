import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../emulators/rate-limit.ts';
import type { ResetRounding, WindowStart } from '../../../emulators/rate-limit.ts';
import { startEmulators } from '../../../emulators/start.ts';
import { oktaCalls } from '../../support/vendor-calls.ts';

const AT = 1_800_000_000_000;

describe('a bucket', () => {
  it('starts its window with the first request, not at the full minute', () => {
    const limiter = new RateLimiter({ rateLimit: 2, windowMs: 60_000 });
    const first = limiter.take('users', AT + 37_000);
    expect(first).toEqual({ limit: 2, remaining: 1, reset: AT / 1000 + 97, refused: false });
    expect(limiter.take('users', AT + 96_999)).toMatchObject({ remaining: 0, refused: false });
    expect(limiter.take('users', AT + 96_999)).toMatchObject({ remaining: 0, refused: true });
    expect(limiter.take('users', AT + 97_000)).toMatchObject({
      remaining: 1,
      refused: false,
      reset: AT / 1000 + 157,
    });
  });

  it('stays closed until the second in its header', () => {
    const limiter = new RateLimiter({ rateLimit: 1, windowMs: 1000 });
    const { reset = 0 } = limiter.take('users', AT + 250) ?? {};
    expect(limiter.take('users', reset * 1000 - 1)).toMatchObject({ refused: true });
    expect(limiter.take('users', reset * 1000)).toMatchObject({ refused: false });
  });

  it('is independent of others, and keeps statistics', () => {
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

  it('has no limit at 0, but still counts requests', () => {
    const limiter = new RateLimiter({ rateLimit: 0, windowMs: 60_000 });
    expect([limiter.take('users', AT), limiter.take('users', AT + 7)]).toEqual([null, null]);
    expect(limiter.statistics()).toEqual([]);
    expect(limiter.reports()).toEqual([
      { name: 'users', requests: 2, firstRequestAt: AT, lastRequestAt: AT + 7, windows: [] },
    ]);
  });

  it('reports each window separately', () => {
    const limiter = new RateLimiter({ rateLimit: 2, windowMs: 1500 });
    for (const at of [10, 20, 30, 1509, 1510, 9000]) limiter.take('users', AT + at);
    const window = (startedAt: number, counts: object) => ({
      startedAt: AT + startedAt,
      endsAt: AT + startedAt + 1500,
      limit: 2,
      ...counts,
    });
    expect(limiter.reports()).toEqual([
      {
        name: 'users',
        requests: 6,
        firstRequestAt: AT + 10,
        lastRequestAt: AT + 9000,
        windows: [
          window(10, { served: 2, throttled: 2, leastRemaining: 0 }),
          window(1510, { served: 1, throttled: 0, leastRemaining: 1 }),
          window(9000, { served: 1, throttled: 0, leastRemaining: 1 }),
        ],
      },
    ]);
    expect(limiter.statistics()).toMatchObject([
      { windows: 3, served: 4, throttled: 2, leastRemaining: 0 },
    ]);
  });

  it('keeps the last 10,000 windows', () => {
    const limiter = new RateLimiter({ rateLimit: 2, windowMs: 1 });
    for (let at = 0; at < 10_005; at += 1) limiter.take('users', AT + at);
    expect(limiter.reports()[0]?.windows).toHaveLength(10_000);
    expect(limiter.reports()[0]?.windows[0]?.startedAt).toBe(AT + 5);
  });

  // Window length, first request, end of the window, and the header; relative to AT, a full minute.
  const FORMS: readonly (readonly [WindowStart, ResetRounding, number, number, number, number])[] =
    [
      ['second', 'up', 60_000, 37_400, 97_000, 97],
      ['second', 'down', 60_000, 37_400, 97_000, 97],
      ['request', 'up', 60_000, 37_400, 97_400, 98],
      ['request', 'down', 60_000, 37_400, 97_400, 97],
      ['clock', 'up', 60_000, 37_400, 60_000, 60],
      ['clock', 'up', 1500, 37_400, 37_500, 38],
      ['clock', 'down', 1500, 37_400, 37_500, 37],
    ];
  it.each(FORMS)(
    'by %s and rounded %s, %i ms long, begun at %i: ends at %i, says %i',
    (windowStart, resetRounding, windowMs, first, end, header) => {
      const limiter = new RateLimiter({ rateLimit: 1, windowMs, windowStart, resetRounding });
      expect(limiter.take('users', AT + first)).toMatchObject({
        refused: false,
        reset: AT / 1000 + header,
      });
      expect(limiter.take('users', AT + end - 1)).toMatchObject({
        refused: true,
        reset: AT / 1000 + header,
      });
      expect(limiter.take('users', AT + end)).toMatchObject({ refused: false });
    },
  );
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
    expect([third.status, third.body]).toEqual([
      429,
      expect.objectContaining({ errorCode: 'E0000047' }),
    ]);
    expect(third.headers.get('retry-after')).toBeNull();
    expect(third.headers.get('x-rate-limit-limit')).toBe('2');
    expect(third.headers.get('x-okta-request-id')).toMatch(/^[\w-]+$/);
    const wait =
      Number(third.headers.get('x-rate-limit-reset')) -
      Date.parse(third.headers.get('date') ?? '') / 1000;
    expect(wait).toBeGreaterThan(50);
    expect(wait).toBeLessThanOrEqual(60);
    expect(group.status).toBe(200);
    expect(emulators.log.entries.map(({ accepted }) => accepted)).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});
