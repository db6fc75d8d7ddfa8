/** Virtual time: timers run only when a test advances them, in order, with promises settled in between. */
export class FakeClock {
  #now;
  #timers = new Map();
  #next = 1;

  constructor(now = Date.UTC(2030, 0, 1)) {
    this.#now = now;
  }

  now = () => this.#now;

  setTimeout = (callback, ms) => {
    const handle = this.#next++;
    this.#timers.set(handle, { at: this.#now + Math.max(0, ms), callback });
    return handle;
  };

  clearTimeout = (handle) => {
    this.#timers.delete(handle);
  };

  get pending() {
    return this.#timers.size;
  }

  async advance(ms) {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at || a[0] - b[0]);
      if (due.length === 0) break;
      const [handle, timer] = due[0];
      this.#timers.delete(handle);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets every promise that can settle without a timer do so. */
export async function settle() {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
