import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { defineApprovals } from './approvals/command.ts';
import { defineAudit } from './audit/command.ts';
import { defineBackup } from './backup/command.ts';
import { defineCall } from './call/command.ts';
import { defineCompletion } from './completion/command.ts';
import { defineConfig } from './config/command.ts';
import { defineDemo } from './demo/command.ts';
import { defineDoctor } from './doctor/command.ts';
import { defineEmulate } from './emulate/command.ts';
import { defineEnrich } from './enrich/command.ts';
import { defineFlows } from './flows/command.ts';
import { defineAuditKeys } from './keys/audit-command.ts';
import { defineKeys } from './keys/command.ts';
import { defineOkta } from './okta/command.ts';
import { definePolicy } from './policy/command.ts';
import { definePurge } from './purge/command.ts';
import { defineRegister } from './register/command.ts';
import { defineReport } from './report/command.ts';
import { defineRestore } from './restore/command.ts';
import { defineRun } from './run/command.ts';
import { defineRuns } from './runs/command.ts';
import { EXIT, EXIT_MEANING } from './kit/exit.ts';
import { refuseTwoForms, withInheritedJson } from './kit/options.ts';
import type { DefineVerb, Runner } from './kit/verb.ts';
import { defineTwin } from './twin/command.ts';
import { defineUnregister } from './unregister/command.ts';
import { defineUp } from './up/command.ts';

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
  // Extends `arx keys`, so it must come after it.
  defineAuditKeys,
  defineCompletion,
];

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as {
  version: string;
};

/** Where help and usage errors are written, whether JSON is requested, and how an action is run. */
interface ProgramHooks {
  out: (text: string) => void;
  err: (text: string) => void;
  json: boolean;
  run: Runner;
}

/** The command tree: what `arx` runs, and what completion and documentation are derived from. */
export function buildProgram(hooks: ProgramHooks): Command {
  const program = new Command('arx')
    .description(
      'Governed identity security on Temporal: checks MFA enforcement in an Okta organisation.',
    )
    .version(version, '-V, --version', 'print the version')
    .option('-v, --verbose', 'print notes each time that are otherwise printed once')
    .helpOption('-h, --help', 'explain the command')
    .configureOutput({ writeOut: hooks.out, writeErr: hooks.err })
    .showHelpAfterError('(add --help to list the options)')
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

/** The same tree for callers that only inspect it. */
export const inertProgram = (): Command =>
  buildProgram({ out: () => {}, err: () => {}, json: false, run: async () => {} });

function exitCodes(): string {
  const rows = Object.entries(EXIT).map(
    ([name, code]) => `  ${String(code).padEnd(5)}${EXIT_MEANING[name as keyof typeof EXIT]}`,
  );
  return `\nExit codes:\n${rows.join('\n')}\n`;
}
