/** Port: time. */
export interface Clock {
  /** Monotonic, in milliseconds. */
  nowMs(): number;
  /** Milliseconds since 1970, by this machine. */
  wallMs(): number;
  /** Calls back once after so many milliseconds. Returns the function that prevents it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The time of this process. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
