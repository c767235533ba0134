/**
 * Process entry: bundles the workflows. Without an argument the sealed bundle goes to stdout; with
 * a folder it is kept there for later starts. A process of its own because bundling takes 250 MB
 * that a worker would never give back.
 */
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { bundleKey, seal, WORKFLOWS } from './bundle-key.ts';
import { keepBundle } from './bundle-store.ts';

const logger = new DefaultLogger('WARN', ({ message }) => process.stderr.write(`${message}\n`));
const key = bundleKey();
const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger });
const folder = process.argv[2];
if (folder === undefined) process.stdout.write(seal(code));
else keepBundle(folder, key, seal(code));
