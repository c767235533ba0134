import { join } from 'node:path';
import type { FlowConfig, FlowService } from '../../services/flows/types.ts';
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
import { orgOf } from '../../services/twin/org.ts';
import { withFlowService } from './flow-service.ts';
import { findingsOf } from './findings.ts';
import type { Findings, FoundIssue } from './findings.ts';
import type { SuggestOptions } from './options.ts';

/** A finding of arx as an issue, and the flow for it. */
export interface Suggestion {
  title: string;
  severity: string;
  account: { product: string; tenant: string; id: string; login: string };
  source: string;
  /** The check or sync that found it. */
  run: string;
  /** Null if no row of the routing table has its title. */
  flow: string | null;
  enabled: boolean;
  /**
   * Inputs to be passed, because neither the issue nor the row of the routing table provides them.
   */
  needs: string[];
  event: Record<string, string>;
  /** The file of the event, if it was saved. */
  file: string | null;
}

const NO_FINDINGS: Findings = { found: [], unmatched: {}, check: null, sync: null };

/**
 * `arx flows suggest`: the findings of the last check and sync, as events that `arx flows run`
 * accepts unchanged. Shows findings for flows that the requester may see, and findings without a
 * flow to requesters who may see such runs.
 */
export async function suggestRuns(io: Io, options: SuggestOptions): Promise<ExitCode> {
  const { findings, flowConfig, seen, requester } = await withFlowService(
    io,
    options,
    async (at) => {
      const { service, requester: who, flowConfig, store, settings } = at;
      const scope = await service.scope(who);
      const org = await orgOf({ ...settings, env: settings.arx }, store, undefined);
      const found = org === null || isNothing(scope) ? NO_FINDINGS : await findingsOf(store, org);
      return { findings: found, flowConfig, seen: scope, requester: who };
    },
  );
  const items = prioritise(
    findings.found.map((one) => suggestionFor(one, flowConfig, seen)),
  ).filter((item) => isSeen(item, seen));
  if (options.save !== undefined) await save(io, items, options.save);
  const { check, sync } = findings;
  const without = seen.unnamed ? findings.unmatched : {};
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', check, sync, items, without });
  else if (isNothing(seen))
    await print(io, (await import('./render.ts')).noFlowsText(requester.principal));
  else
    await printSuggestions(io, { items, findings: { ...findings, unmatched: without }, options });
  return EXIT.ok;
}

type Scope = Awaited<ReturnType<FlowService['scope']>>;

const isNothing = ({ flows, unnamed }: Scope): boolean => flows.length === 0 && !unnamed;

const isSeen = ({ flow }: Suggestion, { flows, unnamed }: Scope): boolean =>
  flow === null ? unnamed : flows.some((one) => one.flow.name === flow);

const SEVERITIES = ['Critical', 'High', 'Medium', 'Low'];

/**
 * The most severe first. Of two findings that lead to the same flow for an account, only the first
 * is kept.
 */
function prioritise(items: readonly Suggestion[]): Suggestion[] {
  const key = ({ account, flow, title }: Suggestion): string =>
    JSON.stringify([account.id, flow ?? title]);
  const sorted = items.toSorted(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
  return [...new Map(sorted.toReversed().map((item) => [key(item), item])).values()].toReversed();
}

function suggestionFor(
  { facts, source, run }: FoundIssue,
  flowConfig: FlowConfig,
  { flows }: Scope,
): Suggestion {
  // The same finding always gives the same event id, so running it twice gives one run.
  const eventId = `arx-${canonicalDigest(facts).slice(0, 32)}`;
  const event = suggestionOf({ ...facts, eventId });
  if (event === null)
    throw new CliError({
      code: 'internal',
      message: 'A finding has no matching issue title; this is an error in arx.',
      remedy: 'Report this error.',
    });
  const title = event['issueTitle'] ?? '';
  const route = routeFor({ product: 'Okta', title }, flowConfig.routes);
  const flow = flowConfig.flows.find(({ name }) => name === route?.flow) ?? null;
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

async function printSuggestions(
  io: Io,
  {
    items,
    findings,
    options,
  }: { items: readonly Suggestion[]; findings: Findings; options: SuggestOptions },
): Promise<void> {
  const {
    nothingFoundText,
    suggestionsTable,
    textOfUnmatched: withoutText,
  } = await import('./render-suggestions.ts');
  await print(
    io,
    items.length > 0 ? suggestionsTable(items, io.colors.out) : nothingFoundText(findings),
  );
  const rest = withoutText(findings.unmatched);
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
