import { EXIT } from './support/exit.ts';
import type { DefineVerb } from './support/verb.ts';

export const defineRun: DefineVerb = (program, run) => {
  program.command('run').action(() => run(async () => EXIT.ok));
};
