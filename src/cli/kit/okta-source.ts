import { oktaSource } from '../../config/env/credentials.ts';
import { credentialsPath } from '../../config/home.ts';
import { printNote } from './io.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings.ts';

/** Prints where Okta's credentials come from if no setting names that place. */
export function printOktaSource(io: Io, { arx: env, config }: Settings): void {
  if (oktaSource({ env, config }) !== 'stored') return;
  printNote(
    io,
    io.colors.err.dim(
      `Okta credentials: stored by arx okta configure in ${credentialsPath(env.home)}`,
    ),
  );
}
