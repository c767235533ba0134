import { EXIT } from './support/exit.ts';
import type { DefineVerb } from './support/verb.ts';

export const defineUp: DefineVerb = (program, run) => {
  program.command('up').action(() => run(async () => EXIT.ok));
};
