import { endWithParent } from '../src/parent.ts';
import { ArgumentError, parseArguments } from './arguments.ts';
import type { EmulatorArguments } from './arguments.ts';
import { startEmulators } from './start.ts';

/**
 * Entry of the emulators' own process: prints one JSON line and stays until a signal, or its
 * parent's end.
 */
async function main(): Promise<void> {
  const { options, exitWithParent } = argumentsOrExit();
  if (exitWithParent) endWithParent();
  const running = await startEmulators(options);
  const stop = (): void => {
    running.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Only now: who has read the line may send a signal at once.
  process.stdout.write(`${JSON.stringify(running.document)}\n`);
}

function argumentsOrExit(): EmulatorArguments {
  try {
    return parseArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    process.stderr.write(`emulators: ${error.message}\n`);
    process.exit(2);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`emulators: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
