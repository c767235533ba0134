import { endWithParent } from '../src/parent.ts';
import { ArgumentError, parseArguments } from './arguments.ts';
import type { EmulatorArguments } from './arguments.ts';
import { startEmulators } from './start.ts';

/**
 * Entry point of the emulators' process: prints one line of JSON and runs until it receives a
 * signal or its parent ends.
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
  // Printed last, because the reader of the line may send a signal immediately.
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
