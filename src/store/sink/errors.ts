/**
 * Thrown when a sink cannot be written or read (`sink_unavailable`), refuses the request
 * (`sink_refused`), or holds something else than the store (`sink_conflict`). Messages contain no
 * secrets and no entries.
 */
export class SinkError extends Error {
  override readonly name = 'SinkError';
  readonly code: 'sink_unavailable' | 'sink_refused' | 'sink_conflict';
  readonly remedy: string;
  constructor(code: SinkError['code'], message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** The sink and the store differ: one of them was changed, cut off, or restored from a backup. */
export const conflictError = (message: string): SinkError =>
  new SinkError(
    'sink_conflict',
    message,
    'Run `arx audit verify --sink`. After restoring an old backup, configure an empty sink and keep the old one.',
  );
