import { EXIT } from './support/exit.ts';
import type { DefineVerb } from './support/verb.ts';

export const defineDemo: DefineVerb = (program, run) => {
  program.command('demo').action(() => run(async () => EXIT.ok));
};
