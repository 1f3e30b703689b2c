// @ts-check
/**
 * The station's time. Within a frame it runs by the monotonic clock, so that somebody setting the device's clock does
 * not tear the order of scans; when both clocks part by more than two seconds a new frame begins at the wall's word.
 * The server learns the skew of each frame by itself: a scan is sent with a `sent_at` of the frame in which it was made.
 */

const APART_MS = 2000;

/** @typedef {{id: string, wall: number, mono: number, skew: number | null}} Frame */

export class Time {
  /**
   * @param {{onJump?: (ms: number) => void, wall?: () => number, mono?: () => number}} given
   */
  constructor({ onJump = () => {}, wall = () => Date.now(), mono = () => performance.now() } = {}) {
    this.wall = wall;
    this.mono = mono;
    this.onJump = onJump;
    /** @type {Frame} */
    this.frame = this.begin();
  }

  /** @returns {Frame} */
  begin() {
    const [wall, mono] = [this.wall(), this.mono()];
    return { id: `${wall.toString(36)}-${Math.random().toString(36).slice(2, 8)}`, wall, mono, skew: null };
  }

  /** Give the instant in the present frame, and begin a new one if the clocks have parted. */
  now() {
    const steady = this.steady();
    const jump = this.wall() - steady;
    if (Math.abs(jump) <= APART_MS) {
      return steady;
    }
    this.frame = this.begin();
    this.onJump(jump);
    return this.frame.wall;
  }

  steady() {
    return this.frame.wall + (this.mono() - this.frame.mono);
  }

  /**
   * Say now in the words of an earlier frame, so that its scans get the skew that they were made with.
   * @param {Frame | undefined} frame
   */
  nowIn(frame) {
    const now = this.now();
    if (!frame || frame.id === this.frame.id || frame.skew === null || this.frame.skew === null) {
      return now;
    }
    return now - this.frame.skew + frame.skew;
  }
}

/** Write an instant with the offset of Vietnam, as every scan of ours has it. @param {number} ms */
export function written(ms) {
  return new Date(ms + 7 * 3600_000).toISOString().replace("Z", "+07:00");
}

/** Write the time of day as people read it here: 16:30. @param {number} ms */
export function timeOfDay(ms) {
  return written(ms).slice(11, 16);
}
