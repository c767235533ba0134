import { existsSync } from 'node:fs';
import { checkHome } from '../../config/home.ts';
import type { StackEnd } from '../../local/stack-hooks.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, untilInterrupted, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { withConfig, withJson } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

interface UpOptions {
  config?: string;
  stop?: boolean;
  json?: boolean;
}

/** `arx up`: runs the embedded stack with its UI until interrupted; other commands can join it. */
export const defineUp: DefineVerb = (program, run) => {
  const command = program
    .command('up')
    .description(
      'run the embedded stack of ARX_HOME (Temporal with UI, store, worker, HTTP server) until interrupted',
    );
  withJson(withConfig(command))
    .option('--stop', 'stop the stack that runs in ARX_HOME')
    .action((options: UpOptions) =>
      run((io) => (options.stop ? stop(io, options) : up(io, options))),
    );
};

async function up(io: Io, options: UpOptions) {
  const [{ loadSettings }, { openLocalStack }, { startServer }, { embeddedEnv }] =
    await Promise.all([
      import('../kit/settings.ts'),
      import('../kit/stack.ts'),
      import('./server-child.ts'),
      import('../../local/stack-parts.ts'),
    ]);
  const settings = await loadSettings(io, options);
  const settled = Promise.withResolvers<void>();
  const ended = untilInterrupted(io, settled.promise);
  const stack = await openLocalStack(io, settings, { ui: true });
  let over: StackEnd | null = null;
  void stack.ended.then((end) => {
    over = end;
    settled.resolve();
  });
  const env = {
    ...embeddedEnv(settings.raw, stack.temporal),
    DATABASE_URL: stack.databaseUrl,
    ARX_HOME: settings.arx.home,
  };
  const config = settings.file ? { ARX_CONFIG: settings.file.path } : {};
  const server = await startServer({ ...env, ...config });
  if (server.problem !== null) printNote(io, `the HTTP server did not start: ${server.problem}`);
  if (server.instead !== null)
    printNote(
      io,
      `port ${server.instead} is taken, so the HTTP server listens at another one; ARX_SERVER_ADDRESS chooses one`,
    );
  try {
    const { address, namespace, uiUrl, executable } = stack.temporal;
    const databaseUrl = maskUrl(stack.databaseUrl);
    const { home } = settings.arx;
    if (options.json) {
      const temporal = { address, namespace, executable: executable ?? null };
      const metrics = stack.workerMetricsUrl ?? null;
      await writeJson(io, {
        schema: 'arx.up/v1',
        temporal,
        ui: uiUrl,
        databaseUrl,
        home,
        metrics,
        server: server.url,
        joined: stack.joined,
      });
    } else {
      const origin = executable === undefined ? 'runs elsewhere' : `from ${executable}`;
      await print(io, `Temporal     ${address}, namespace ${namespace}, ${origin}`);
      await print(io, `Temporal UI  ${uiUrl ?? 'none'}`);
      await print(io, `HTTP server  ${server.url ?? 'none'}`);
      await print(io, `Store        ${databaseUrl}`);
      await print(io, `State        ${home}`);
      printNote(
        io,
        stack.joined
          ? 'Joined the running stack. Ctrl-C stops it, unless another command still uses it.'
          : 'Running until Ctrl-C. Commands with --local join it.',
      );
    }
    await ended;
    return reportEnd(io, home, over);
  } finally {
    await server.close();
    // A detached run keeps the stack only while this command runs.
    await stack.close({ end: true });
  }
}

/** Prints why `up` ends and returns its exit code; `over` is null if it was interrupted. */
function reportEnd(io: Io, home: string, over: StackEnd | null): ExitCode {
  const tell = (line: string): void => printNote(io, io.colors.err.dim(line));
  if (over === null || io.signal.aborted) tell('leaving the stack');
  else if (over.how === 'ended') tell('another command stopped the stack');
  else if (over.how === 'lost') {
    printNote(
      io,
      `the record of the stack in ${home} is missing or damaged; its guard stops the stack within seconds`,
    );
    return EXIT.error;
  } else {
    printNote(io, `${over.part} has ended; the stack cannot continue without it and stops`);
    return EXIT.error;
  }
  return EXIT.ok;
}

/** The address with its password masked. */
function maskUrl(address: string): string {
  const url = new URL(address);
  if (url.password !== '') url.password = '***';
  return url.href;
}

async function stop(io: Io, options: UpOptions) {
  const [{ readEnvironment }, { stopStack }] = await Promise.all([
    import('../kit/settings.ts'),
    import('../../local/stack.ts'),
  ]);
  const { home } = readEnvironment(io).arx;
  checkHome(home);
  const waiting = (pid: number): void =>
    printNote(
      io,
      io.colors.err.dim(
        `waiting for process ${pid}, which is starting, joining or stopping the stack in ${home}`,
      ),
    );
  const stopped = existsSync(home) && (await stopStack(home, waiting));
  if (options.json)
    await writeJson(io, { schema: 'arx.up/v1', home, state: stopped ? 'stopped' : 'absent' });
  else
    await print(io, stopped ? `Stopped the stack in ${home}.` : `No stack is running in ${home}.`);
  return EXIT.ok;
}
