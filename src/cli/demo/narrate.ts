import type { Evolution } from '../../../emulators/demo/evolve.ts';
import type { EmulatorDocument } from '../../../emulators/start.ts';
import type { RunDocument } from '../../mfa/document.ts';
import { grid } from '../kit/grid.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { formatCoverage } from '../../mfa/coverage.ts';
import { count, duration, plain, plural } from '../kit/text.ts';
import { VERDICT_ORDER, VERDICT_WORDS } from '../kit/words.ts';
import type { DemoResult } from './demo.ts';
import type { DemoHome } from './home.ts';

/** Prints what a demo is doing (standard error) and its result (standard output). */
export class Narrator {
  readonly #io: Io;
  readonly #json: boolean;
  #step = 0;
  constructor(io: Io, json: boolean) {
    this.#io = io;
    this.#json = json;
  }

  organisation(
    users: number,
    { okta, jira, slack, entraGraph, google, salesforce }: EmulatorDocument,
  ): void {
    this.#heading(`An emulated organisation of ${plural(users, 'active user')}`);
    this.#line(
      `Okta ${okta}, Jira ${jira} and Slack ${slack} are real HTTP servers in a process of their own.`,
    );
    this.#line(
      `So are Entra ID ${entraGraph}, Google ${google} and Salesforce ${salesforce}, where some users also have accounts.`,
    );
    this.#line(
      'Some users have FastPass, some only SMS, some started to enrol. One vanishes during the check, one cannot be read.',
    );
  }

  startingStack(): void {
    this.#heading('A Temporal server with its UI, an embedded PostgreSQL, and a worker');
  }

  run(which: 'first' | 'second'): void {
    this.#heading(
      which === 'first' ? 'The first check: every user, every factor' : 'The second check',
    );
  }

  afterRun({ counts, coverage, tickets, seconds, status }: RunDocument): void {
    const { created, kept, reopened, closed } = tickets;
    this.#line(
      `${plural(counts.enumerated, 'user')} checked in ${duration(seconds)}, coverage ${formatCoverage(coverage)}, ${status}.`,
    );
    this.#line(
      `Tickets: ${created} created, ${kept} kept, ${reopened} reopened, ${closed} closed.`,
    );
  }

  week({ becameCompliant, regressed, joined, left }: Evolution): void {
    this.#heading('A week passes');
    const sentences: [{ login: string }[], string][] = [
      [becameCompliant, 'enrolled Okta Verify'],
      [regressed, 'lost a strong factor and is left with SMS'],
      [joined, 'joined without a factor'],
      [left, 'left'],
    ];
    for (const [people, what] of sentences)
      for (const { login } of people) this.#line(`${plain(login)} ${what}.`);
  }

  /** Prints the table of both runs, the state of the audit trail and the path of the report. */
  async result(result: DemoResult): Promise<void> {
    const { runs, chain, home, seconds } = result;
    if (this.#json) {
      const summaries = runs.map(({ users: _, ...summary }) => summary);
      return writeJson(this.#io, {
        schema: 'arx.demo/v1',
        runs: summaries,
        audit: chain,
        report: home.report,
        home: home.home,
        seconds,
      });
    }
    const { bold, green, red } = this.#io.colors.out;
    await print(this.#io);
    await print(this.#io, comparison(result, this.#io));
    const trail = chain.ok
      ? green(`intact: ${plural(chain.entries, 'entry', 'entries')} verified`)
      : red('BROKEN');
    await print(this.#io, `Audit trail  ${trail}, head ${chain.head.slice(0, 16)}…`);
    await print(this.#io, `HTML report  ${bold(home.report)}`);
    await print(this.#io, `Took ${duration(seconds)}. Nothing was written to Okta.`);
  }

  addresses(ui: string | null, emulators: EmulatorDocument, { home, report }: DemoHome): void {
    const { okta, jira, slack, control, entraGraph, google, salesforce } = emulators;
    this.#heading('Everything stays running until Ctrl-C');
    const vendors = {
      Okta: okta,
      Jira: jira,
      Slack: slack,
      'Entra ID': entraGraph,
      Google: google,
      Salesforce: salesforce,
    };
    const rows = { 'Temporal UI': ui ?? 'none', ...vendors, 'Emulator control': control };
    for (const [name, address] of Object.entries({ ...rows, Report: `file://${report}` }))
      this.#line(`${name.padEnd(17)}${address}`);
    this.#line(
      `Other commands use this demo with ARX_HOME=${home}, for example: ARX_HOME=${home} arx runs`,
    );
  }

  stopping(): void {
    printNote(this.#io, this.#io.colors.err.dim('stopping the servers'));
  }

  #heading(text: string): void {
    const { bold, cyan } = this.#io.colors.err;
    this.#step += 1;
    printNote(this.#io, `\n${cyan(`${this.#step}.`)} ${bold(text)}`);
  }

  #line(text: string): void {
    printNote(this.#io, `   ${text}`);
  }
}

type Row = [string, (run: RunDocument, result: DemoResult) => string | number];

const ROWS: readonly Row[] = [
  ['Users enumerated', ({ counts }) => counts.enumerated],
  ...VERDICT_ORDER.map((verdict): Row => [
    `  ${VERDICT_WORDS[verdict].label}`,
    ({ counts }) => counts[verdict],
  ]),
  ['Coverage', ({ coverage }) => formatCoverage(coverage)],
  ['Tickets created', ({ tickets }) => tickets.created],
  ['Tickets kept', ({ tickets }) => tickets.kept],
  ['Tickets reopened', ({ tickets }) => tickets.reopened],
  ['Tickets closed', ({ tickets }) => tickets.closed],
  ['Open tickets', ({ tickets }) => tickets.keys.length],
  ['New findings', ({ changes }) => changes.new],
  ['Regressed', ({ changes }) => changes.regressed],
  ['Resolved', ({ changes }) => changes.resolved],
  [
    'Calls Okta / Jira / Slack',
    ({ calls }) => `${count(calls.okta)} / ${count(calls.jira)} / ${count(calls.slack)}`,
  ],
  ['Throttled (429)', ({ calls }) => calls.throttled],
  ['Audit entries', ({ audit }) => audit.entries],
  ['Status', ({ status, dryRun }) => (dryRun ? `${status} (dry run)` : status)],
];

function comparison(result: DemoResult, io: Io): string {
  const cell = (value: string | number): string =>
    typeof value === 'number' ? count(value) : value;
  const rows = ROWS.map(([name, value]) => [
    name,
    ...result.runs.map((run) => cell(value(run, result))),
  ]);
  return grid(['', 'First run', 'A week later'], rows, io.colors.out);
}
