/** Shows the progress of a workflow: a bar on a terminal, or a line now and then. */

import type { Progress } from '../../workflows/messages.ts';
import type { CallCounts } from '../../store/types.ts';
import { printNote } from './io.ts';
import type { Io } from './io.ts';
import { count, duration } from './text.ts';

/** The progress at one moment. */
export interface ProgressSnapshot {
  phase: string;
  done: number;
  of: number;
  /** The text next to the bar. */
  text: (perSecond: number) => string;
}

/** Shows progress: a bar on a terminal, elsewhere a line now and then. */
export interface Display {
  show(snapshot: ProgressSnapshot): void;
  stop(): void;
}

/** The progress and calls of a run at one moment. */
interface RunProgress {
  progress: Progress;
  calls: CallCounts;
}

const PHASES: Record<Progress['phase'], string> = {
  starting: 'starting',
  listing: 'listing users',
  scan: 'checking factors',
  tickets: 'writing tickets',
  closing: 'closing tickets',
  summary: 'reporting',
  done: 'done',
};
const LINE_EVERY_MS = 10_000;

/**
 * Items per second over the last moments; after a pause it is steadier than the average of the
 * whole run.
 */
export class Rate {
  readonly #samples: { at: number; checked: number }[] = [];
  add(at: number, checked: number): void {
    this.#samples.push({ at, checked });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > 15_000) this.#samples.shift();
  }
  perSecond(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at <= first.at) return 0;
    return ((last.checked - first.checked) * 1000) / (last.at - first.at);
  }
}

/** The progress of a run as text. */
export function progressText({ progress, calls }: RunProgress, rate: number): string {
  const left = progress.listed - progress.checked;
  const eta = progress.phase === 'scan' && rate > 0 ? `, ${duration(left / rate)} left` : '';
  return `${PHASES[progress.phase]}: ${count(progress.checked)} of ${count(progress.listed)} users, ${rate.toFixed(1)}/s${eta}, ${callsText(calls)}`;
}

/** `12 Okta calls, 0 throttled`. */
export const callsText = ({ okta, throttled }: Pick<CallCounts, 'okta' | 'throttled'>): string =>
  `${count(okta)} Okta calls, ${count(throttled)} throttled`;

/** The progress of a run as a snapshot. */
export const snapshotOf = (moment: RunProgress): ProgressSnapshot => ({
  phase: moment.progress.phase,
  done: moment.progress.checked,
  of: moment.progress.listed,
  text: (rate) => progressText(moment, rate),
});

/** A display that suits the terminal. */
export async function createDisplay(io: Io): Promise<Display> {
  return io.interactive ? barDisplay(io) : lineDisplay(io);
}

function lineDisplay(io: Io): Display {
  const rate = new Rate();
  let lastLineAt = 0;
  let phase: string | null = null;
  return {
    show(snapshot) {
      const now = Date.now();
      rate.add(now, snapshot.done);
      if (now - lastLineAt < LINE_EVERY_MS && snapshot.phase === phase) return;
      lastLineAt = now;
      phase = snapshot.phase;
      printNote(io, snapshot.text(rate.perSecond()));
    },
    stop: () => undefined,
  };
}

async function barDisplay(io: Io): Promise<Display> {
  const { default: cliProgress } = await import('cli-progress');
  const rate = new Rate();
  const bar = new cliProgress.SingleBar({
    format: `${io.colors.err.cyan('{bar}')} {percentage}% {text}`,
    stream: io.err as NodeJS.WriteStream,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(1, 0, { text: PHASES.starting });
  return {
    show({ done, of, text }) {
      rate.add(Date.now(), done);
      bar.setTotal(Math.max(1, of));
      bar.update(done, { text: text(rate.perSecond()) });
    },
    stop: () => bar.stop(),
  };
}
