import { join } from 'node:path';
import type { FlowBook, FlowService } from '../../services/flows/types.ts';
import { canonicalDigest } from '../../governance/digest.ts';
import { flowSlug } from '../../flows/names.ts';
import { routeFor } from '../../flows/routing.ts';
import { suggestionOf } from '../../flows/suggest.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { writeOutput } from '../kit/files.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { orgOf } from '../twin/org.ts';
import { withDesk } from './desk.ts';
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

/**
 * `arx flows suggest`: what the last check and sync found, as events that `arx flows run` takes as they are; of flows that
 * whoever asks may see, and what leads to no flow for those who may see such runs.
 */
export async function suggestRuns(io: Io, options: SuggestOptions): Promise<ExitCode> {
  const { findings, book, seen, asker } = await withDesk(io, options, async (at) => {
    const { desk, asker: who, book: read, store, settings } = at;
    const scope = await desk.scope(who);
    const org = await orgOf(settings, store, undefined);
    const found = org === null || isNothing(scope) ? NOTHING : await findingsOf(store, org);
    return { findings: found, book: read, seen: scope, asker: who };
  });
  const items = inOrder(findings.found.map((one) => suggestionFor(one, book, seen))).filter(
    (item) => isSeen(item, seen),
  );
  if (options.save !== undefined) await save(io, items, options.save);
  const { check, sync } = findings;
  const without = seen.unnamed ? findings.without : {};
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', check, sync, items, without });
  else if (isNothing(seen))
    await print(io, (await import('./render.ts')).noFlowsText(asker.principal));
  else await tell(io, { items, findings: { ...findings, without }, options });
  return EXIT.ok;
}

type Scope = Awaited<ReturnType<FlowService['scope']>>;

const isNothing = ({ flows, unnamed }: Scope): boolean => flows.length === 0 && !unnamed;

const isSeen = ({ flow }: Suggestion, { flows, unnamed }: Scope): boolean =>
  flow === null ? unnamed : flows.some((one) => one.flow.name === flow);

const SEVERITIES = ['Critical', 'High', 'Medium', 'Low'];

/** The most severe first, and of two findings that lead an account to the same flow the first. */
function inOrder(items: readonly Suggestion[]): Suggestion[] {
  const key = ({ account, flow, title }: Suggestion): string =>
    JSON.stringify([account.id, flow ?? title]);
  const sorted = items.toSorted(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
  return [...new Map(sorted.toReversed().map((item) => [key(item), item])).values()].toReversed();
}

function suggestionFor(
  { facts, source, run }: Found,
  book: FlowBook,
  { flows }: Scope,
): Suggestion {
  // The same finding in the same words is the same event: whoever runs it twice gets one run.
  const eventId = `arx-${canonicalDigest(facts).slice(0, 32)}`;
  const event = suggestionOf({ ...facts, eventId });
  if (event === null)
    throw new CliError({
      code: 'internal',
      message: 'A finding has no counterpart.',
      remedy: 'Report this.',
    });
  const title = event['issueTitle'] ?? '';
  const route = routeFor({ product: 'Okta', title }, book.routes);
  const flow = book.flows.find(({ name }) => name === route?.flow) ?? null;
  const needs = Object.entries(flow?.inputs ?? {}).filter(
    ([name, { from, required, default: usual }]) =>
      from === undefined &&
      required &&
      usual === undefined &&
      !Object.hasOwn(route?.inputs ?? {}, name),
  );
  return {
    title,
    severity: facts.severity,
    source,
    run,
    event,
    file: null,
    account: {
      product: 'Okta',
      tenant: facts.tenant,
      id: facts.account.id,
      login: facts.account.login,
    },
    flow: flow?.name ?? null,
    enabled: flows.some((one) => one.flow.name === flow?.name && one.flow.enabled),
    needs: needs.map(([name]) => name),
  };
}

async function save(io: Io, items: Suggestion[], folder: string): Promise<void> {
  for (const item of items) {
    const id = item.account.id.replace(/[^A-Za-z0-9_-]/g, '_');
    item.file = join(folder, `${flowSlug(item.title)}-${id}.json`);
    await writeOutput(io, [`${JSON.stringify(item.event, null, 2)}\n`], item.file);
  }
}

async function tell(
  io: Io,
  {
    items,
    findings,
    options,
  }: { items: readonly Suggestion[]; findings: Findings; options: SuggestOptions },
): Promise<void> {
  const { nothingFoundText, suggestionsTable, withoutText } =
    await import('./render-suggestions.ts');
  await print(
    io,
    items.length > 0 ? suggestionsTable(items, io.colors.out) : nothingFoundText(findings),
  );
  const rest = withoutText(findings.without);
  if (rest !== '') printNote(io, io.colors.err.dim(rest));
  const [first] = items;
  if (!first) return;
  if (first.file === null)
    printNote(
      io,
      'Save an event file for each with `--save DIRECTORY`, then run one with `arx flows run`.',
    );
  else {
    const inputs = first.needs.map((name) => ` --input ${name}=…`).join('');
    const as = `${options.local ? ' --local' : ''}${options.as === undefined ? '' : ` --as ${options.as}`}`;
    printNote(io, `Run one with: arx flows run --event ${first.file}${inputs}${as}`);
  }
}
