import { oktaSource } from '../../config/env/credentials.ts';
import { credentialsPath } from '../../config/home.ts';
import { printNoteOnce } from './notes.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings.ts';

/** Prints where Okta's credentials come from if no setting names that place. */
export function printOktaSource(io: Io, { arx: env, config }: Settings): void {
  if (oktaSource({ env, config }) !== 'stored') return;
  printNoteOnce(io, env.home, {
    name: 'stored-okta-credentials',
    line: `Okta credentials: stored by arx okta configure in ${credentialsPath(env.home)}`,
  });
}
