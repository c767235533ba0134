import './config/compile-cache.ts';

// Dynamic imports, because static ones would be compiled before the cache is active.
const { createIo, write } = await import('./cli/kit/io.ts');
const { main } = await import('./cli/main.ts');

const interrupts = new AbortController();
let holds = 0;

// The first signal is passed to a command that handles interrupts itself. Without such a command,
// and from the second signal on, the process exits at once.
const onSignal = (): void => {
  if (holds === 0 || interrupts.signal.aborted) process.exit(130);
  interrupts.abort();
};
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
// A reader that closes the pipe early (`| head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : 1),
);

const io = createIo({
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  signal: interrupts.signal,
  onHold: () => {
    holds += 1;
    return () => (holds -= 1);
  },
});
const code = await main(process.argv.slice(2), io);
await Promise.all([write(process.stdout, ''), write(process.stderr, '')]);
process.exit(code);
