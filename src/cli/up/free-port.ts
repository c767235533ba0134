import { createServer } from 'node:net';

/** So many stacks on one machine are more likely a mistake. */
const MOST_PORTS = 50;

/** The first port of a host, from this one on, at which nothing listens; null if there is none. */
export async function freePortFrom(first: number, host: string): Promise<number | null> {
  for (let port = first; port < first + MOST_PORTS; port += 1)
    if (await isFree(port, host)) return port;
  return null;
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
