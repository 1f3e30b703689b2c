// @ts-check
/**
 * Takes waiting scans to the server, in order and at most 200 at once; what was not answered goes again under the same
 * ids. It runs on load, when the network comes back, when the page is looked at, and by a timer; never two at a time.
 */

import { send } from "./loads.js";
import { written } from "./time.js";

const MOST = 200;
const MINUTE = 60_000;
const FIRST_PAUSE = 500;
const ANSWER_WITHIN = 30_000;
const DENIED = new Set([401, 403]);
const LATER = new Set([408, 409, 425, 429]);

/**
 * @typedef {{state: 'idle'|'sending'|'offline'|'denied'|'stuck'}} Standing
 */

export class Uploads {
  /**
   * @param {import("./outbox.js").Outbox} outbox
   * @param {import("./time.js").Time} time
   * @param {{device: () => string | null, shift: () => string | null,
   *   onAnswers: (answered: import("./outbox.js").Answered[]) => void, onState: (state: string) => void,
   *   onMissing: (missing: number[][]) => void, onRefused: (refused: {code: string, message: string}[]) => void}} given
   */
  constructor(outbox, time, given) {
    this.outbox = outbox;
    this.time = time;
    this.given = given;
    this.most = MOST;
    this.failures = 0;
    this.running = false;
    this.again = false;
    /** Settles when what is being sent now is answered, or cannot be. */
    this.ended = Promise.resolve();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {AbortController | undefined} */
    this.hanging = undefined;
  }

  start() {
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
    this.now();
  }

  /** Send at once, whatever pause was due; a request that hangs is given up, and its rows go again. */
  now() {
    this.failures = 0;
    this.hanging?.abort();
    void this.run();
  }

  /** Send soon, unless a pause after a failure is due. */
  nudge() {
    if (this.failures === 0) {
      void this.run();
    }
  }

  run() {
    if (this.running) {
      this.again = true;
    } else {
      this.running = true;
      this.ended = this.sendAll();
    }
    return this.ended;
  }

  async sendAll() {
    clearTimeout(this.timer);
    try {
      do {
        this.again = false;
        await this.drain();
      } while (this.again);
      this.failures = 0;
      this.timer = setTimeout(() => this.run(), MINUTE);
    } catch (wrong) {
      this.failures += 1;
      this.timer = setTimeout(() => this.run(), this.again ? 0 : pause(this.failures, /** @type {any} */ (wrong).after));
    } finally {
      this.running = false;
    }
  }

  /** Send until nothing waits; without rows it still states the last number, so that we count as heard. */
  async drain() {
    const device = this.given.device();
    if (!device) {
      return;
    }
    await this.state(device);
    do {
      const rows = await this.outbox.next(this.most, device);
      await this.send(device, rows);
    } while ((await this.outbox.next(1, device)).length > 0);
    const refused = await send(this.outbox, device, (body) => this.post(body, "/scan/load"));
    if (refused.length > 0) {
      this.given.onRefused(refused);
    }
    this.given.onState(this.outbox.waiting > 0 ? "stuck" : "idle");
  }

  /** Tell the server of installations whose rows are gone. @param {string} device */
  async state(device) {
    for (const gone of this.outbox.lost) {
      const answer = await this.post(this.batch(device, gone.epoch, gone.last_seq, []));
      if (answer.missing_seq.length > 0) {
        this.given.onMissing(answer.missing_seq);
      }
      await this.outbox.stated(gone.epoch);
    }
  }

  /** @param {string} device @param {import("./outbox.js").Row[]} rows */
  async send(device, rows) {
    const [first] = rows;
    const epoch = first?.epoch ?? this.outbox.epoch;
    const last = epoch === this.outbox.epoch ? this.outbox.lastSeq : rows.at(-1)?.seq ?? 0;
    if (rows.length > 0) {
      this.given.onState("sending");
    }
    const frame = first ? await this.outbox.db.get("frames", first.frame) : undefined;
    let answer;
    try {
      answer = await this.post(this.batch(device, epoch, last, rows, frame));
    } catch (wrong) {
      if (/** @type {any} */ (wrong).unreadable && rows.length > 0) {
        await this.narrow(rows, /** @type {any} */ (wrong).status);
        return;
      }
      throw wrong;
    }
    this.most = MOST;
    await this.learn(answer.clock_skew_ms, frame);
    const answered = await this.outbox.settle(rows, answer.results);
    this.given.onAnswers(answered);
    if (rows.length > 0 && answered.length === 0) {
      throw new Error("an answer that names none of what was sent");
    }
  }

  /**
   * A batch that cannot be read is halved until the row is found; that one is kept apart, and told.
   * @param {import("./outbox.js").Row[]} rows @param {number} status
   */
  async narrow(rows, status) {
    if (rows.length > 1) {
      this.most = Math.max(1, Math.floor(rows.length / 2));
      return;
    }
    await this.outbox.stick(rows[0], String(status));
    this.given.onState("stuck");
  }

  /** Note the skew of the present frame, once it is known. @param {number} skew @param {any} frame */
  async learn(skew, frame) {
    const own = this.time.frame;
    if (frame === undefined || frame.id === own.id) {
      own.skew = skew;
      await this.outbox.db.put("frames", { ...own });
    }
  }

  /**
   * @param {string} device @param {string} epoch @param {number} last
   * @param {import("./outbox.js").Row[]} rows @param {any} [frame]
   */
  batch(device, epoch, last, rows, frame) {
    const shift = rows.length > 0 ? rows[0].shift : this.given.shift();
    return {
      device,
      epoch,
      sent_at: written(this.time.nowIn(frame)),
      last_seq: last,
      ...(shift ? { shift } : {}),
      scans: rows.map((row) => ({ id: row.id, seq: row.seq, ...row.body })),
    };
  }

  /** @param {object} body @param {string} [address] @returns {Promise<any>} */
  async post(body, address = "/api/v1/scans") {
    let answer;
    this.hanging = new AbortController();
    const late = setTimeout(() => this.hanging?.abort(), ANSWER_WITHIN);
    try {
      answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
        body: JSON.stringify(body),
        cache: "no-store",
        signal: this.hanging.signal,
      });
      if (answer.ok) {
        return await answer.json();
      }
    } catch (wrong) {
      this.given.onState("offline");
      throw wrong;
    } finally {
      clearTimeout(late);
      this.hanging = undefined;
    }
    this.given.onState(DENIED.has(answer.status) ? "denied" : "offline");
    const unreadable = answer.status >= 400 && answer.status < 500;
    throw Object.assign(new Error(`uploading: ${answer.status}`), {
      status: answer.status,
      unreadable: unreadable && !DENIED.has(answer.status) && !LATER.has(answer.status),
      after: Number(answer.headers.get("retry-after") ?? 0) * 1000,
    });
  }
}

/** @param {number} failures @param {number} [after] */
export function pause(failures, after = 0) {
  const longest = Math.min(MINUTE, FIRST_PAUSE * 2 ** Math.min(failures, 10));
  return Math.max(after, longest / 2 + (Math.random() * longest) / 2);
}
