import { randomUUID } from 'node:crypto';
import { composeConnectors } from '../../services/connectors.ts';
import { createEnricher, ENRICH_PRINCIPAL } from '../../services/enrichment/enricher.ts';
import type { EnrichRequest, Enricher, CallStep } from '../../services/enrichment/types.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import { enrichmentSettings } from '../../config/schema/enrichment-settings.ts';
import type { EnrichedAccount } from '../../enrichment/types.ts';
import type { Store } from '../../store/types.ts';
import type { EnrichOptions } from './command.ts';
import { accountsText, stepLines } from './render.ts';
import { withConfiguredSink } from '../kit/audit-sink.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { policiesOf } from '../kit/inspect.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { printOktaSource } from '../kit/okta-source.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { plain } from '../kit/text.ts';

/** `arx enrich`: looks up the accounts, in the store or in Okta, and prints the answers. */
export async function enrichAccounts(
  io: Io,
  accounts: readonly string[],
  options: EnrichOptions,
): Promise<ExitCode> {
  const settings = await loadSettings(io, options);
  printOktaSource(io, settings);
  return withStore(
    io,
    async (store) => {
      const enricher = await enricherOf(settings, store);
      return options.test === undefined
        ? await printAccounts(io, options, await enricher.enrich(accounts, createRequest(options)))
        : await traceLookUp(io, { enricher, account: options.test, json: options.json ?? false });
    },
    { create: true },
  );
}

async function enricherOf(settings: Settings, store: Store): Promise<Enricher> {
  const { arx, config, baseDir } = settings;
  const okta = await oktaSettings({ env: arx, config, baseDir });
  const bundle = policiesOf(settings);
  const connectors = await composeConnectors({
    config,
    store: await withConfiguredSink(settings, store),
    share: 'configured',
    okta,
    bundle: () => bundle,
  });
  const settingsNow = enrichmentSettings(config);
  return createEnricher({
    connectors,
    enrichments: store.enrichments,
    settings: () => settingsNow,
    now: () => new Date(),
  });
}

function createRequest({ refresh = false }: Pick<EnrichOptions, 'refresh'>): EnrichRequest {
  const run = randomUUID();
  const who = { principal: ENRICH_PRINCIPAL, authenticatedBy: 'none', surface: 'cli' } as const;
  return { caller: { ...who, workflowId: `enrich/${run}`, run }, refresh };
}

async function printAccounts(
  io: Io,
  { json = false }: EnrichOptions,
  results: EnrichedAccount[],
): Promise<ExitCode> {
  if (json) await writeJson(io, { schema: 'arx.enrichment/v1', results });
  else await print(io, accountsText(results, io.colors.out));
  return exitOf(results);
}

/** Prints each call as it ends. */
async function traceLookUp(
  io: Io,
  { enricher, account, json }: { enricher: Enricher; account: string; json: boolean },
): Promise<ExitCode> {
  const steps: CallStep[] = [];
  const watch = (step: CallStep): void => {
    steps.push(step);
    if (!json) for (const line of stepLines(step, io.colors.out)) io.out.write(`${line}\n`);
  };
  if (!json)
    printNote(
      io,
      io.colors.err.dim(`looking up ${plain(account)}; credentials and secrets are never shown`),
    );
  const results = await enricher.enrich([account], { ...createRequest({ refresh: true }), watch });
  if (json) await writeJson(io, { schema: 'arx.enrichment/v1', results, steps });
  else await print(io, accountsText(results, io.colors.out));
  return exitOf(results);
}

/**
 * An account that was not found is a valid answer, and so is a name that is not that of an Okta
 * account. A look-up that failed determines the exit code, or that no text could be a name.
 */
function exitOf(results: readonly EnrichedAccount[]): ExitCode {
  const codes = results.flatMap(({ okta }) => okta.error?.code ?? []);
  if (codes.length === results.length && codes.every((code) => code === 'invalid_argument'))
    return EXIT.usage;
  if (codes.includes('unauthenticated')) return EXIT.authentication;
  return codes.some((code) => !NOT_LOOKED_UP.has(code)) ? EXIT.error : EXIT.ok;
}

const NOT_LOOKED_UP: ReadonlySet<string> = new Set(['invalid_argument', 'not_an_okta_account']);
