/**
 * Process entry: bundles the workflows. Without an argument it writes the sealed bundle to stdout;
 * with a folder it saves the bundle there for later starts. It is a separate process because
 * bundling takes 250 MB that a worker would never release.
 */

import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { bundleKey, seal, WORKFLOWS } from './bundle-key.ts';
import { saveBundle } from './bundle-store.ts';

const logger = new DefaultLogger('WARN', ({ message }) => process.stderr.write(`${message}\n`));
const key = bundleKey();
const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger });
const folder = process.argv[2];
if (folder === undefined) process.stdout.write(seal(code));
else saveBundle(folder, key, seal(code));
