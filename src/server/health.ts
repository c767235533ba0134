import { Hono } from 'hono';
import type { ServerParts } from './types.ts';

/**
 * `/healthz`: the process runs; `/readyz`: the store and Temporal answer; `/metrics`: counters for
 * Prometheus.
 */
export function healthRoutes({ store, pingTemporal, counters }: ServerParts): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ ok: true }));
  app.get('/readyz', async (context) => {
    const [stored, temporal] = await Promise.all([isUp(() => store.ping()), isUp(pingTemporal)]);
    const ok = stored && temporal;
    return context.json({ ok, store: stored, temporal }, ok ? 200 : 503);
  });
  app.get('/metrics', (context) =>
    context.text(counters.text(), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
  return app;
}

const isUp = async (ask: () => Promise<void>): Promise<boolean> =>
  ask().then(
    () => true,
    () => false,
  );
