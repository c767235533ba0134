import { Hono } from 'hono';
import type { ServerParts } from './types.ts';

/**
 * `/healthz` while the process works, `/readyz` while store and Temporal answer, `/metrics` for
 * Prometheus.
 */
export function healthRoutes({ store, askTemporal, counters }: ServerParts): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ ok: true }));
  app.get('/readyz', async (context) => {
    const [stored, temporal] = await Promise.all([
      answers(() => store.ping()),
      answers(askTemporal),
    ]);
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

const answers = async (ask: () => Promise<void>): Promise<boolean> =>
  ask().then(
    () => true,
    () => false,
  );
