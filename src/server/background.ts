/** Work that continues after its request was answered; a server that stops waits for it. */
export class Background {
  readonly #running = new Set<Promise<unknown>>();
  readonly #stop = new AbortController();

  /** Aborted when the server stops: streams of changes end then. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  /** Ends what would otherwise go on for ever. */
  stop(): void {
    this.#stop.abort();
  }

  /** Adds work, which must not reject. */
  add(work: Promise<unknown>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Resolves when all work is done. */
  async waitForAll(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
