import { existsSync } from 'node:fs';
import { checkHome } from '../../config/home.ts';
import type { StackEnd } from '../../local/stack-hooks.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, say, untilInterrupted, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { withConfig, withJson } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

interface UpOptions {
  config?: string;
  stop?: boolean;
  json?: boolean;
}

/**
 * `arx up`: the embedded stack with its UI, until interrupted; other commands join it meanwhile.
 */
export const defineUp: DefineVerb = (program, run) => {
  const command = program
    .command('up')
    .description(
      'keep the embedded stack of ARX_HOME running (Temporal with UI, store, worker, HTTP server) until interrupted',
    );
  withJson(withConfig(command))
    .option('--stop', 'end the stack that runs in ARX_HOME instead')
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
  if (server.problem !== null) say(io, `the HTTP server did not start: ${server.problem}`);
  try {
    const { address, namespace, uiUrl } = stack.temporal;
    const databaseUrl = maskUrl(stack.databaseUrl);
    const { home } = settings.arx;
    if (options.json) {
      const temporal = { address, namespace };
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
      await print(io, `Temporal     ${address} (namespace ${namespace})`);
      await print(io, `Temporal UI  ${uiUrl ?? 'none'}`);
      await print(io, `HTTP server  ${server.url ?? 'none'}`);
      await print(io, `Store        ${databaseUrl}`);
      await print(io, `State        ${home}`);
      say(
        io,
        stack.joined
          ? 'Joined the stack that runs already; Ctrl-C ends it, unless another command still uses it.'
          : 'Running until Ctrl-C. Commands with --local join it.',
      );
    }
    await ended;
    return tellEnd(io, home, over);
  } finally {
    await server.close();
    // What a detached run asked to stay was to stay as long as this command.
    await stack.close({ end: true });
  }
}

/** Says why `up` ends, and gives its exit code; `over` is null where it was interrupted. */
function tellEnd(io: Io, home: string, over: StackEnd | null): ExitCode {
  const tell = (line: string): void => say(io, io.colors.err.dim(line));
  if (over === null || io.signal.aborted) tell('leaving the stack');
  else if (over.how === 'ended') tell('the stack was ended by another command');
  else if (over.how === 'lost') {
    say(
      io,
      `the record of the stack in ${home} is gone or damaged; within seconds the stack is ended by its guard`,
    );
    return EXIT.error;
  } else {
    say(io, `${over.part} has ended; the stack cannot go on without it and is ended`);
    return EXIT.error;
  }
  return EXIT.ok;
}

/** The address without its password. */
export function maskUrl(address: string): string {
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
    say(
      io,
      io.colors.err.dim(
        `waiting for process ${pid}, which is starting, joining or ending the stack in ${home}`,
      ),
    );
  const stopped = existsSync(home) && (await stopStack(home, waiting));
  if (options.json)
    await writeJson(io, { schema: 'arx.up/v1', home, state: stopped ? 'stopped' : 'absent' });
  else await print(io, stopped ? `The stack in ${home} has ended.` : `No stack runs in ${home}.`);
  return EXIT.ok;
}
