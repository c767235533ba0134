/** Work that goes on after its request was answered; a server that stops waits for it. */
export class Background {
  readonly #running = new Set<Promise<unknown>>();

  /** Keeps hold of work, which must not reject. */
  add(work: Promise<unknown>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Resolves when nothing runs any more. */
  async waitForAll(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
