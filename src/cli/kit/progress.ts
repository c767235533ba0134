/** Shows the progress of a workflow: a bar on a terminal, or a line now and then. */

import type { Progress } from '../../workflows/messages.ts';
import type { CallCounts } from '../../store/types.ts';
import { printNote } from './io.ts';
import type { Io } from './io.ts';
import { count, duration } from './text.ts';

/** How fast items are done. */
interface Pace {
  /** Over the last moments. */
  perSecond: number;
  /** Over minutes, so that an estimate does not jump with every pause. */
  steady: number;
}

/** The progress at one moment. */
export interface ProgressSnapshot {
  phase: string;
  done: number;
  of: number;
  /** The text next to the bar. */
  text: (pace: Pace) => string;
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
  /** Milliseconds until Okta's limit allows the next call; null or absent if it does now. */
  pauseMs?: number | null;
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

const LAST_MOMENTS_MS = 15_000;
const LAST_MINUTES_MS = 180_000;

/**
 * Measures the pace over the last moments; after a pause it is steadier than the average of the
 * whole run.
 */
export class Rate {
  readonly #samples: { at: number; checked: number }[] = [];
  add(at: number, checked: number): void {
    this.#samples.push({ at, checked });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > LAST_MINUTES_MS)
      this.#samples.shift();
  }
  perSecond(): number {
    return this.#over(LAST_MOMENTS_MS);
  }
  pace(): Pace {
    return { perSecond: this.perSecond(), steady: this.#over(LAST_MINUTES_MS) };
  }
  #over(ms: number): number {
    const last = this.#samples.at(-1);
    if (!last) return 0;
    const first = this.#samples.find(({ at }) => last.at - at <= ms) ?? last;
    return last.at <= first.at ? 0 : ((last.checked - first.checked) * 1000) / (last.at - first.at);
  }
}

/** Below this, a pause is not worth mentioning. */
const SHORT_PAUSE_MS = 2_000;

/** The progress of a run as text. */
export function progressText({ progress, calls, pauseMs }: RunProgress, pace: Pace): string {
  const { phase, checked, listed } = progress;
  const eta =
    phase === 'scan' && pace.steady > 0
      ? `, ${duration((listed - checked) / pace.steady)} left`
      : '';
  const isWaiting = READS_OKTA.has(phase) && (pauseMs ?? 0) > SHORT_PAUSE_MS;
  const speed = isWaiting
    ? `waiting for Okta's limit, goes on in ${duration(Math.max(10, Math.ceil((pauseMs ?? 0) / 1_000)))}`
    : `${pace.perSecond.toFixed(1)}/s`;
  return `${PHASES[phase]}: ${count(checked)} of ${count(listed)} users, ${speed}${eta}, ${callsText(calls)}`;
}

const READS_OKTA: ReadonlySet<Progress['phase']> = new Set(['listing', 'scan']);

/**
 * Passes phases on, but never one that comes before an earlier one: pages are listed while users are
 * read, and a display that changes between the two tells nobody anything.
 */
export function forwardOnly<Phase extends string>(
  order: readonly Phase[],
): (phase: Phase) => Phase {
  let furthest = 0;
  return (phase) => {
    furthest = Math.max(furthest, order.indexOf(phase));
    return order[furthest] ?? phase;
  };
}

/** The phases of a check in their order. */
export const CHECK_PHASES = Object.keys(PHASES) as Progress['phase'][];

/** `12 Okta calls, 0 throttled`. */
export const callsText = ({ okta, throttled }: Pick<CallCounts, 'okta' | 'throttled'>): string =>
  `${count(okta)} Okta calls, ${count(throttled)} throttled`;

/** The progress of a run as a snapshot. */
export const snapshotOf = (moment: RunProgress): ProgressSnapshot => ({
  phase: moment.progress.phase,
  done: moment.progress.checked,
  of: moment.progress.listed,
  text: (pace) => progressText(moment, pace),
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
      printNote(io, snapshot.text(rate.pace()));
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
      bar.update(done, { text: text(rate.pace()) });
    },
    stop: () => bar.stop(),
  };
}
