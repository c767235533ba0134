/** Determines which organisation's twin is meant. */

import { readOktaAddress } from '../../config/env/address.ts';
import { oktaSettings, oktaSource } from '../../config/env/credentials.ts';
import type { ArxEnv } from '../../config/env/env.ts';
import type { Store } from '../../store/types.ts';
import type { ServiceConfig } from '../../config/yaml/service-config.ts';

/** Where the configured organisation is named. */
export interface OrgSource extends Pick<ServiceConfig, 'config' | 'baseDir'> {
  env: ArxEnv;
}

/**
 * The organisation: the one named, or else the configured one (even with an invalid credential), or
 * else the one synced last. Null if there is none. Throws ConfigError.
 */
export async function orgOf(
  source: OrgSource,
  store: Pick<Store, 'twin'>,
  named: string | undefined,
): Promise<string | null> {
  return (
    named?.toLowerCase() ??
    (await readConfiguredOrg(source)) ??
    (await store.twin.syncs.newestOrg())
  );
}

async function readConfiguredOrg({ env, config, baseDir }: OrgSource): Promise<string | null> {
  if (oktaSource({ env, config }) !== 'environment')
    return (await oktaSettings({ env, config, baseDir })).host;
  return hostInEnvironment(env);
}

/** The host of OKTA_DOMAIN; null if it is not set, or no address. */
export function hostInEnvironment({ source }: ArxEnv): string | null {
  const domain = source.find('OKTA_DOMAIN')?.value;
  const read = domain === undefined ? null : readOktaAddress(domain);
  return read?.ok ? read.value.host : null;
}
