import { join } from 'node:path';
import type { FlowBook } from '../../client/flows/types.ts';
import { readFlowBook } from '../../config/flow-book.ts';
import { canonicalDigest } from '../../governance/digest.ts';
import { FLOW_CATALOGUE } from '../../remediation/catalogue.ts';
import { flowSlug } from '../../remediation/names.ts';
import { routeFor } from '../../remediation/routing.ts';
import { suggestionOf } from '../../remediation/suggest.ts';
import { CliError } from '../support/errors.ts';
import { EXIT } from '../support/exit.ts';
import type { ExitCode } from '../support/exit.ts';
import { deliver } from '../support/files.ts';
import { print, say, writeJson } from '../support/io.ts';
import type { Io } from '../support/io.ts';
import { loadSettings } from '../support/settings.ts';
import { withStoreOr } from '../support/store.ts';
import { orgOf } from '../twin/org.ts';
import { findingsOf } from './findings.ts';
import type { Findings, Found } from './findings.ts';
import type { SuggestOptions } from './options.ts';

/** One of our own findings as an issue, and the flow that it would take. */
export interface Suggestion {
  title: string;
  severity: string;
  account: { product: string; tenant: string; id: string; login: string };
  source: string;
  /** The check or sync that found it. */
  run: string;
  /** Null where no row of the routing table has its title. */
  flow: string | null;
  enabled: boolean;
  /** Inputs that have to be given: neither the issue nor the row of the routing table has them. */
  needs: string[];
  event: Record<string, string>;
  /** The event's file, where it was saved. */
  file: string | null;
}

const NOTHING: Findings = { found: [], without: {}, check: null, sync: null };

/** `arx flows suggest`: what the last check and sync found, as events that `arx flows run` takes as they are. */
export async function suggestRuns(io: Io, options: SuggestOptions): Promise<ExitCode> {
  const settings = await loadSettings(io, options);
  const book = readFlowBook(settings.baseDir, FLOW_CATALOGUE);
  const { findings, switches } = await withStoreOr<Read>(
    io,
    { findings: NOTHING, switches: new Map() },
    async (store) => {
      const org = await orgOf(settings, store, undefined);
      const switches = await store.flowSettings.switches();
      return { findings: org === null ? NOTHING : await findingsOf(store, org), switches };
    },
  );
  const items = inOrder(findings.found.map((one) => suggestionFor(one, book, switches)));
  if (options.save !== undefined) await save(io, items, options.save);
  const { check, sync, without } = findings;
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', check, sync, items, without });
  else await tell(io, { items, findings, options });
  return EXIT.ok;
}

interface Read {
  findings: Findings;
  switches: ReadonlyMap<string, boolean>;
}

const SEVERITIES = ['Critical', 'High', 'Medium', 'Low'];

/** The most severe first, and of two findings that lead an account to the same flow the first. */
function inOrder(items: readonly Suggestion[]): Suggestion[] {
  const key = ({ account, flow, title }: Suggestion): string => JSON.stringify([account.id, flow ?? title]);
  const sorted = items.toSorted((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity));
  return [...new Map(sorted.toReversed().map((item) => [key(item), item])).values()].toReversed();
}

function suggestionFor({ facts, source, run }: Found, book: FlowBook, switches: Read['switches']): Suggestion {
  // The same finding in the same words is the same event: whoever runs it twice gets one run.
  const eventId = `arx-${canonicalDigest(facts).slice(0, 32)}`;
  const event = suggestionOf({ ...facts, eventId });
  if (event === null)
    throw new CliError({ code: 'internal', message: 'A finding has no counterpart.', remedy: 'Report this.' });
  const title = event['issueTitle'] ?? '';
  const route = routeFor({ product: 'Okta', title }, book.routes);
  const flow = book.flows.find(({ name }) => name === route?.flow) ?? null;
  const needs = Object.entries(flow?.inputs ?? {}).filter(
    ([name, { from, required, default: usual }]) =>
      from === undefined && required && usual === undefined && !Object.hasOwn(route?.inputs ?? {}, name),
  );
  return {
    ...{ title, severity: facts.severity, source, run, event, file: null },
    account: { product: 'Okta', tenant: facts.tenant, id: facts.account.id, login: facts.account.login },
    flow: flow?.name ?? null,
    enabled: flow !== null && (switches.get(flow.name) ?? flow.enabled),
    needs: needs.map(([name]) => name),
  };
}

async function save(io: Io, items: Suggestion[], folder: string): Promise<void> {
  for (const item of items) {
    const id = item.account.id.replace(/[^A-Za-z0-9_-]/g, '_');
    item.file = join(folder, `${flowSlug(item.title)}-${id}.json`);
    await deliver(io, [`${JSON.stringify(item.event, null, 2)}\n`], item.file);
  }
}

async function tell(
  io: Io,
  { items, findings, options }: { items: readonly Suggestion[]; findings: Findings; options: SuggestOptions },
): Promise<void> {
  const { nothingFoundText, suggestionsTable, withoutText } = await import('../render/suggestions.ts');
  await print(io, items.length > 0 ? suggestionsTable(items, io.colors.out) : nothingFoundText(findings));
  const rest = withoutText(findings.without);
  if (rest !== '') say(io, io.colors.err.dim(rest));
  const [first] = items;
  if (!first) return;
  if (first.file === null)
    say(io, 'Save an event file for each with `--save DIRECTORY`, then run one with `arx flows run`.');
  else
    say(
      io,
      `Run one with: arx flows run --event ${first.file}${first.needs.map((name) => ` --input ${name}=…`).join('')}${options.local ? ' --local' : ''}`,
    );
}
