import { sleep } from '@temporalio/workflow';

/** Sleeps a week and returns how many days the workflow's clock moved. */
export async function weekLong(): Promise<number> {
  const begun = Date.now();
  await sleep('7 days');
  return Math.round((Date.now() - begun) / 86_400_000);
}

export async function greet(): Promise<string> {
  return 'hello';
}
