import { oktaSettings } from '../../../config/env/credentials.ts';
import type { OktaSettings } from '../../../config/env/okta-env.ts';
import type { Store } from '../../../store/types.ts';
import type { RunOptions } from '../command.ts';
import { usageError } from '../../kit/errors.ts';
import { EXIT } from '../../kit/exit.ts';
import type { ExitCode } from '../../kit/exit.ts';
import { print, printNote, writeJson } from '../../kit/io.ts';
import type { Io } from '../../kit/io.ts';
import { printOktaSource } from '../../kit/okta-source.ts';
import { loadSettings } from '../../kit/settings.ts';
import type { Settings } from '../../kit/settings.ts';
import { withStore, withStoreOr } from '../../kit/store.ts';
import { plural } from '../../kit/text.ts';
import { estimateDocument } from './document.ts';
import type { EstimateBasis } from './document.ts';
import { lastRun } from './last-run.ts';
import type { Scope } from './last-run.ts';
import { usersLimit } from './limit.ts';
import { listScope } from './listing.ts';

/**
 * Estimates what a run would take. Does not start a run, read factors, open tickets or post
 * messages.
 */
export async function estimateCheck(io: Io, options: RunOptions): Promise<ExitCode> {
  refuseContradictions(options);
  const settings = await loadSettings(io, options);
  const { config, file } = settings;
  const scope = { statuses: config.scope.statuses, groups: options.group ?? config.scope.groups };
  if (file === null && !options.local)
    printNote(
      io,
      'No configuration file found: the estimate uses the defaults, which may differ from those of the worker.',
    );
  const basis = await basisOf(io, { settings, scope, assumed: options.assumeUsers ?? null });
  if (basis.quota.basis === 'assumed')
    printNote(
      io,
      `Okta's rate limit is not known yet: assuming ${basis.quota.limit} calls per minute for one token.`,
    );
  const mode = options.mode ?? config.scan.mode;
  const document = estimateDocument({ ...config, scan: { ...config.scan, mode } }, scope, basis);
  if (options.json) await writeJson(io, document);
  else {
    const { estimateTable } = await import('./render.ts');
    await print(io, estimateTable(document, io.colors.out));
  }
  return EXIT.ok;
}

/** An estimate does not start a run, so options about a run are refused. */
function refuseContradictions(options: RunOptions): void {
  const given = {
    '--detach': options.detach,
    '--attach': options.attach,
    '--dry-run': options.dryRun,
  };
  const more = { '--fail-on': options.failOn, '--users or --no-users': options.users };
  const [flag] =
    Object.entries({ ...given, ...more }).find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined)
    throw usageError(`--estimate does not start a run, so ${flag} cannot be used with it.`);
}

interface EstimateRequest {
  settings: Settings;
  scope: Scope;
  assumed: number | null;
}

/** The number of users: as assumed, or else from the last run, or else by listing them now. */
async function basisOf(io: Io, request: EstimateRequest): Promise<EstimateBasis> {
  const { settings, assumed } = request;
  const { arx: env, config, baseDir } = settings;
  printOktaSource(io, settings);
  const read = oktaSettings({ env, config, baseDir });
  if (assumed === null) {
    const okta = await read;
    return withStore(io, (store) => findOrListUsers(io, request, { store, okta }), {
      create: true,
    });
  }
  const okta = await read.catch(nullIfVariableMissing);
  const quota = await usersLimit({ known: null, listed: null });
  const assumedBasis: EstimateBasis = {
    users: assumed,
    pages: null,
    basis: 'assumed',
    at: null,
    last: null,
    quota,
  };
  if (okta === null) return assumedBasis;
  return withStoreOr(io, assumedBasis, async (store) => ({
    ...assumedBasis,
    ...(await readFromStore(request, { store, okta })),
  }));
}

/**
 * With an assumed number of users, Okta need not be configured; what is configured must be valid.
 */
function nullIfVariableMissing(thrown: unknown): null {
  if ((thrown as { code?: unknown }).code === 'missing_variable') return null;
  throw thrown;
}

interface EstimateSources {
  store: Store;
  okta: OktaSettings;
}

/** What the store knows, without a call to Okta. */
async function readFromStore(
  { scope }: EstimateRequest,
  { store, okta: { host: org } }: EstimateSources,
): Promise<Pick<EstimateBasis, 'last' | 'quota'>> {
  const last = await lastRun(store, { org, ...scope });
  return { last, quota: await usersLimit({ known: { store, org }, listed: null }) };
}

async function findOrListUsers(
  io: Io,
  question: EstimateRequest,
  sources: EstimateSources,
): Promise<EstimateBasis> {
  const known = await readFromStore(question, sources);
  if (known.last === null) return listUsers(io, question, sources);
  const { users, finishedAt: at } = known.last;
  return { users, pages: null, basis: 'last_run', at, ...known };
}

async function listUsers(
  io: Io,
  { settings, scope }: EstimateRequest,
  { store, okta }: EstimateSources,
): Promise<EstimateBasis> {
  printNote(
    io,
    'No complete run of this scope is known, so the users are counted by listing them at Okta. Nothing else is read.',
  );
  const listed = await listScope(settings, { store, okta, scope });
  const { users, pages, calls } = listed;
  printNote(io, `Listed ${plural(users, 'user')} with ${plural(calls, 'call')}.`);
  const quota = await usersLimit({ known: { store, org: okta.host }, listed });
  return { users, pages, basis: 'listed', at: new Date().toISOString(), last: null, quota };
}
