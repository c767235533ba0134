import { oktaSource } from '../../config/env/credentials.ts';
import { credentialsPath } from '../../config/home.ts';
import { say } from './io.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings.ts';

/**
 * Says on standard error where Okta's credentials come from, where nothing that is set names that
 * place.
 */
export function tellOktaSource(io: Io, { arx: env, config }: Settings): void {
  if (oktaSource({ env, config }) !== 'stored') return;
  say(
    io,
    io.colors.err.dim(
      `Okta credentials: those that arx okta configure stored in ${credentialsPath(env.home)}`,
    ),
  );
}
