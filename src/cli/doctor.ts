import { EXIT } from './support/exit.ts';
import type { DefineVerb } from './support/verb.ts';

export const defineDoctor: DefineVerb = (program, run) => {
  program.command('doctor').action(() => run(async () => EXIT.ok));
};
