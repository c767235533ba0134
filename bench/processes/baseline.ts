/**
 * A baseline in a process of its own: takes its job as JSON on stdin, prints its result as one line
 * of JSON.
 */
import { text } from 'node:stream/consumers';
import { runBaseline } from '../support/baselines.ts';
import type { BaselineJob } from '../support/baselines.ts';

const job = JSON.parse(await text(process.stdin)) as BaselineJob;
console.log(JSON.stringify(await runBaseline(job)));
