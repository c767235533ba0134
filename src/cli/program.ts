import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { defineApprovals } from './approvals.ts';
import { defineAudit } from './audit.ts';
import { defineBackup } from './backup.ts';
import { defineCall } from './call.ts';
import { defineCompletion } from './completion.ts';
import { defineConfig } from './config.ts';
import { defineDemo } from './demo.ts';
import { defineDoctor } from './doctor.ts';
import { defineEmulate } from './emulate.ts';
import { defineEnrich } from './enrich.ts';
import { defineFlows } from './flows.ts';
import { defineAuditKeys } from './keys-audit.ts';
import { defineKeys } from './keys.ts';
import { defineOkta } from './okta.ts';
import { definePolicy } from './policy.ts';
import { definePurge } from './purge.ts';
import { defineRegister } from './register.ts';
import { defineReport } from './report.ts';
import { defineRestore } from './restore.ts';
import { defineRun } from './run.ts';
import { defineRuns } from './runs.ts';
import { EXIT, EXIT_MEANING } from './support/exit.ts';
import { refuseTwoForms, withInheritedJson } from './support/options.ts';
import type { DefineVerb, Runner } from './support/verb.ts';
import { defineTwin } from './twin.ts';
import { defineUnregister } from './unregister.ts';
import { defineUp } from './up.ts';

/** The verbs in the order of `arx --help`. */
const VERBS: readonly DefineVerb[] = [
  defineDemo,
  defineRun,
  defineRuns,
  defineReport,
  defineRegister,
  defineUnregister,
  defineEnrich,
  defineFlows,
  defineCall,
  defineApprovals,
  defineKeys,
  defineAudit,
  defineBackup,
  defineRestore,
  definePurge,
  definePolicy,
  defineConfig,
  defineOkta,
  defineTwin,
  defineDoctor,
  defineUp,
  defineEmulate,
  // Adds to `arx keys`, so it stands behind it.
  defineAuditKeys,
  defineCompletion,
];

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Where help and usage errors go, whether documents are asked for, and what runs an action. */
export interface ProgramHooks {
  out: (text: string) => void;
  err: (text: string) => void;
  json: boolean;
  run: Runner;
}

/** The command tree: what `arx` runs, and what completion and documentation are derived from. */
export function buildProgram(hooks: ProgramHooks): Command {
  const program = new Command('arx')
    .description('Governed identity security on Temporal: checks MFA enforcement in an Okta organisation.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain the command')
    .configureOutput({ writeOut: hooks.out, writeErr: hooks.err })
    .showHelpAfterError('(add --help for what is possible)')
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', exitCodes())
    .hook('preAction', (_, command) => {
      if (hooks.json) command.setOptionValue('json', true);
      refuseTwoForms(command);
    });
  withInheritedJson(program);
  for (const define of VERBS) define(program, hooks.run);
  return program;
}

/** The same tree for those who only look at it. */
export const inertProgram = (): Command =>
  buildProgram({ out: () => {}, err: () => {}, json: false, run: async () => {} });

function exitCodes(): string {
  const rows = Object.entries(EXIT).map(
    ([name, code]) => `  ${String(code).padEnd(5)}${EXIT_MEANING[name as keyof typeof EXIT]}`,
  );
  return `\nExit codes:\n${rows.join('\n')}\n`;
}
