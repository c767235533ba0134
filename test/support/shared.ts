/** Addresses of the servers that all tests of a run share. */
export interface SharedServers {
  postgres: { adminUrl: string; template: string };
  temporal: { address: string };
}

/** Environment variable with the address of vitest's global set-up. */
export const SHARED_SERVERS = 'SHARED_TEST_SERVERS';

/**
 * The address of a shared server, which starts with the first request; null outside a test run
 * (benchmarks, recordings).
 */
export async function askForServer<Name extends keyof SharedServers>(
  name: Name,
): Promise<SharedServers[Name] | null> {
  const base = process.env[SHARED_SERVERS];
  if (!base) return null;
  const response = await fetch(new URL(name, base));
  const text = await response.text();
  if (!response.ok) throw new Error(`the shared ${name} server did not start: ${text}`);
  return JSON.parse(text) as SharedServers[Name];
}
