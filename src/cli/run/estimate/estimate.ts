import { oktaSettings } from '../../../config/env/credentials.ts';
import type { OktaSettings } from '../../../config/env/okta-env.ts';
import type { Store } from '../../../store/types.ts';
import type { RunOptions } from '../command.ts';
import { usageError } from '../../kit/errors.ts';
import { EXIT } from '../../kit/exit.ts';
import type { ExitCode } from '../../kit/exit.ts';
import { print, say, writeJson } from '../../kit/io.ts';
import type { Io } from '../../kit/io.ts';
import { tellOktaSource } from '../../kit/okta-source.ts';
import { loadSettings } from '../../kit/settings.ts';
import type { Settings } from '../../kit/settings.ts';
import { withStore, withStoreOr } from '../../kit/store.ts';
import { plural } from '../../kit/text.ts';
import { estimateDocument } from './document.ts';
import type { Ground } from './document.ts';
import { lastRun } from './last-run.ts';
import type { Scope } from './last-run.ts';
import { usersLimit } from './limit.ts';
import { listScope } from './listing.ts';

/**
 * Says what a run would take. It starts none, reads no factor, opens no ticket and posts nothing.
 */
export async function estimateCheck(io: Io, options: RunOptions): Promise<ExitCode> {
  refuseContradictions(options);
  const settings = await loadSettings(io, options);
  const { config, file } = settings;
  const scope = { statuses: config.scope.statuses, groups: options.group ?? config.scope.groups };
  if (file === null && !options.local)
    say(io, 'No configuration file here: the defaults are taken, and the worker may have others.');
  const ground = await groundOf(io, { settings, scope, assumed: options.assumeUsers ?? null });
  if (ground.quota.basis === 'assumed')
    say(
      io,
      `Okta's limit is assumed, ${ground.quota.limit} calls a minute for one token: no answer has told it here.`,
    );
  const mode = options.mode ?? config.scan.mode;
  const document = estimateDocument({ ...config, scan: { ...config.scan, mode } }, scope, ground);
  if (options.json) await writeJson(io, document);
  else {
    const { estimateTable } = await import('./render.ts');
    await print(io, estimateTable(document, io.colors.out));
  }
  return EXIT.ok;
}

/** An estimate starts nothing, so nothing about a run can be asked of it. */
function refuseContradictions(options: RunOptions): void {
  const given = {
    '--detach': options.detach,
    '--attach': options.attach,
    '--dry-run': options.dryRun,
  };
  const more = { '--fail-on': options.failOn, '--users or --no-users': options.users };
  const [flag] =
    Object.entries({ ...given, ...more }).find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined) throw usageError(`--estimate starts no run, so ${flag} contradicts it.`);
}

interface Question {
  settings: Settings;
  scope: Scope;
  assumed: number | null;
}

/** The number of users: as assumed, else as the last run found it, else as listed now. */
async function groundOf(io: Io, question: Question): Promise<Ground> {
  const { settings, assumed } = question;
  const { arx: env, config, baseDir } = settings;
  tellOktaSource(io, settings);
  const read = oktaSettings({ env, config, baseDir });
  if (assumed === null) {
    const okta = await read;
    return withStore(io, (store) => findOrListUsers(io, question, { store, okta }), {
      create: true,
    });
  }
  const okta = await read.catch(unlessMissing);
  const quota = await usersLimit({ known: null, listed: null });
  const alone: Ground = {
    users: assumed,
    pages: null,
    basis: 'assumed',
    at: null,
    last: null,
    quota,
  };
  if (okta === null) return alone;
  return withStoreOr(io, alone, async (store) => ({
    ...alone,
    ...(await readFromStore(question, { store, okta })),
  }));
}

/** With an assumed number nothing of Okta need be set up yet; what is set must be right. */
function unlessMissing(thrown: unknown): null {
  if ((thrown as { code?: unknown }).code === 'missing_variable') return null;
  throw thrown;
}

interface Reach {
  store: Store;
  okta: OktaSettings;
}

/** What the store knows without asking Okta. */
async function readFromStore(
  { scope }: Question,
  { store, okta: { host: org } }: Reach,
): Promise<Pick<Ground, 'last' | 'quota'>> {
  const last = await lastRun(store, { org, ...scope });
  return { last, quota: await usersLimit({ known: { store, org }, listed: null }) };
}

async function findOrListUsers(io: Io, question: Question, reach: Reach): Promise<Ground> {
  const known = await readFromStore(question, reach);
  if (known.last === null) return listUsers(io, question, reach);
  const { users, finishedAt: at } = known.last;
  return { users, pages: null, basis: 'last_run', at, ...known };
}

async function listUsers(
  io: Io,
  { settings, scope }: Question,
  { store, okta }: Reach,
): Promise<Ground> {
  say(
    io,
    'No complete run of this scope is known: its users are listed at Okta to count them, and nothing else is read.',
  );
  const listed = await listScope(settings, { store, okta, scope });
  const { users, pages, calls } = listed;
  say(io, `Listed ${plural(users, 'user')} with ${plural(calls, 'call')}.`);
  const quota = await usersLimit({ known: { store, org: okta.host }, listed });
  return { users, pages, basis: 'listed', at: new Date().toISOString(), last: null, quota };
}
