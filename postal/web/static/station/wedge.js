// @ts-check
/**
 * Scanners that type: a burst of keys becomes one scan, wherever the focus is; a person's typing is left alone.
 *
 * Nothing is held back from a field while it is not clear who types. When a burst turns out to be a scan, the field is
 * put back as it was. So typing is never late and never lost, and a scan leaves nothing behind.
 */
import { beginning, isCodeLike, isScan, speedOf, strokeOf, strokeTimes } from "./burst.js";
import { addedTo, isTextField, putBack, snapshotOf } from "./fields.js";

/** @typedef {import("./burst.js").Stroke} Stroke */
/** @typedef {Stroke & {at: number, node: EventTarget | null, before: import("./fields.js").Snapshot}} Entry */
/** @typedef {{keys: string, rewritten: boolean, speed: number, end: string}} More */
/**
 * @typedef {object} Options
 * @property {(raw: string, how: string, more: More) => void} onScan
 * @property {(kind: string, raw: string, more: More) => void} [onTrouble]
 * @property {(raw: string) => boolean} [sure] whether a text without terminator is a whole code
 * @property {(event: Event) => number} [now]
 * @property {{set: (run: () => void, ms: number) => any, clear: (timer: any) => void}} [timer]
 */

/** Silence after which a burst without terminator has ended: if it is surely whole, if not, if one is still to come. */
export const SURE_MS = 60;
export const UNSURE_MS = 250;
export const LATE_MS = 400;
/** A second terminator (CR LF) follows the first this soon. */
const PAIR_MS = 120;
/** After so many scans the terminator of this scanner is known, and after so many without it, forgotten. */
const LEARNED = 2;
const LONGEST = 400;

export class Wedge {
  /** @type {Entry[]} */
  #entries = [];
  /** @type {any} */
  #timer = null;
  /** When the last scan ended, and by which terminator; none if silence ended it. */
  #closed = { at: -Infinity, end: "" };
  #usual = { end: "", times: 0, missed: 0 };
  /** @type {Set<string>} keys whose release must not act either */
  #swallowed = new Set();
  #alt = "";

  /** @param {EventTarget} target @param {Options} options */
  constructor(target, options) {
    this.target = target;
    this.options = options;
    this.now = options.now ?? ((/** @type {Event} */ event) => event.timeStamp);
    this.timer = options.timer ?? { set: (run, ms) => setTimeout(run, ms), clear: (timer) => clearTimeout(timer) };
  }

  attach() {
    this.target.addEventListener("keydown", this.#down, true);
    this.target.addEventListener("keyup", this.#up, true);
  }

  detach() {
    this.target.removeEventListener("keydown", this.#down, true);
    this.target.removeEventListener("keyup", this.#up, true);
    this.#forget();
  }

  #down = (/** @type {Event} */ given) => {
    const event = /** @type {KeyboardEvent} */ (given);
    if (event.altKey && /^Numpad\d$/.test(event.code)) {
      this.#alt += event.code.slice(-1);
      return;
    }
    const stroke = strokeOf(event);
    if (stroke === null) {
      return;
    }
    if (stroke === "other" || event.repeat) {
      this.#forget();
    } else if (stroke.end) {
      this.#ended(stroke.end, event);
    } else {
      this.#add(/** @type {Stroke} */ (stroke), event);
    }
  };

  #up = (/** @type {Event} */ given) => {
    const event = /** @type {KeyboardEvent} */ (given);
    if (event.key === "Alt" && this.#alt) {
      const sign = String.fromCharCode(Number(this.#alt));
      this.#alt = "";
      this.#add({ sign, key: sign }, event);
    }
    if (this.#swallowed.delete(event.code || event.key)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };

  /** @param {Stroke} stroke @param {KeyboardEvent} event */
  #add(stroke, event) {
    const at = this.now(event);
    const last = this.#entries.at(-1);
    if (last && at - last.at > LATE_MS) {
      this.#forget();
    }
    this.#entries.push({ ...stroke, at, node: event.target, before: snapshotOf(event.target) });
    if (this.#entries.length > LONGEST) {
      this.#entries.shift();
    }
    const burst = this.#burst();
    if (stroke.sign === "\x1d" || (burst.length > 3 && !isTextField(event.target) && speedOf(timesOf(burst)) <= 38)) {
      this.#swallow(event);
    }
    this.timer.clear(this.#timer);
    // Whatever it is, it is not kept: people type passwords too.
    const scan = isScan(strokeTimes(burst), textOf(burst));
    this.#timer = scan
      ? this.timer.set(() => this.#silent(SURE_MS), SURE_MS)
      : this.timer.set(() => this.#forget(), LATE_MS);
  }

  /** @param {"CR" | "LF" | "TAB"} end @param {KeyboardEvent} event */
  #ended(end, event) {
    const at = this.now(event);
    const burst = this.#burst();
    if (burst.length === 0) {
      this.#after(end, event, at);
      return;
    }
    if (isScan([...strokeTimes(burst), at], textOf(burst)) && this.#mayBeScan(burst)) {
      this.#swallow(event);
      this.#learn(end);
      this.#finish(burst, end);
      this.#closed = { at, end };
    } else {
      this.#forget();
    }
  }

  /**
   * Take what still belongs to the scan before: the second half of CR LF, or a terminator that came late.
   * @param {"CR" | "LF" | "TAB"} end @param {KeyboardEvent} event @param {number} at
   */
  #after(end, event, at) {
    const { at: before, end: first } = this.#closed;
    const late = first === "" && at - before <= LATE_MS;
    if (late || (first !== end && first !== "" && at - before <= PAIR_MS)) {
      this.#swallow(event);
      this.#closed = { at: late ? at : -Infinity, end };
    }
    if (late) {
      this.#learn(end);
    }
  }

  /** @param {number} waited */
  #silent(waited) {
    const burst = this.#burst();
    const text = rawOf(burst);
    if (!this.#mayBeScan(burst)) {
      this.#forget();
      return;
    }
    const known = this.#usual.times >= LEARNED;
    const needed = known ? LATE_MS : this.options.sure?.(text) ? SURE_MS : UNSURE_MS;
    if (waited < needed) {
      this.#timer = this.timer.set(() => this.#silent(needed), needed - waited);
    } else if (known && !this.options.sure?.(text)) {
      this.#usual.missed += 1;
      this.#usual.times = this.#usual.missed > LEARNED ? 0 : this.#usual.times;
      this.#finish(burst, "", "cut");
    } else {
      this.#finish(burst, "");
    }
  }

  /** @param {Entry[]} burst @param {string} end @param {string} [trouble] */
  #finish(burst, end, trouble) {
    const first = burst[0].before;
    const raw = rawOf(burst);
    const rewritten = burst.some((entry) => entry.back || (entry.sign === null && entry.key));
    const more = { keys: keysOf(burst), rewritten, speed: speedOf(strokeTimes(burst)), end };
    this.#closed = { at: burst[burst.length - 1].at, end: "" };
    this.#forget();
    putBack(first);
    if (trouble) {
      this.options.onTrouble?.(trouble, raw, more);
    } else {
      this.options.onScan(raw, "wedge", more);
    }
  }

  /** @param {Entry[]} burst */
  #mayBeScan(burst) {
    return burst.length > 0 && (!isTextField(burst[0].node) || isCodeLike(rawOf(burst)));
  }

  /** @returns {Entry[]} */
  #burst() {
    return this.#entries.slice(beginning(timesOf(this.#entries)));
  }

  /** @param {string} end */
  #learn(end) {
    this.#usual = { end, times: this.#usual.end === end ? this.#usual.times + 1 : 1, missed: 0 };
  }

  /** @param {KeyboardEvent} event */
  #swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#swallowed.add(event.code || event.key);
  }

  #forget() {
    this.timer.clear(this.#timer);
    this.#entries = [];
  }
}

/** @param {readonly Entry[]} entries */
function timesOf(entries) {
  return entries.map((entry) => entry.at);
}

/** @param {readonly Entry[]} entries @returns {string} what the keys spell, if every one of them is known */
function keysOf(entries) {
  return entries.some((entry) => !entry.key && !entry.back) ? "" : entries.map((entry) => entry.key).join("");
}

/** @param {readonly Entry[]} entries @returns {string} what was typed; where keys tell no sign, the field does */
function rawOf(entries) {
  const opaque = entries.some((entry) => entry.sign === null);
  return (opaque && (addedTo(entries[0].before) || keysOf(entries))) || textOf(entries);
}

/**
 * Write out what was typed, what was taken back left out; a sign that only the field knows counts as its key, and
 * where a soft keyboard tells not even that, as one of its own.
 * @param {readonly Entry[]} entries
 */
function textOf(entries) {
  /** @type {string[]} */
  const signs = [];
  entries.forEach((entry, at) => {
    if (entry.back) {
      signs.pop();
    } else {
      signs.push(entry.sign ?? (entry.key || String.fromCharCode(0xe000 + at)));
    }
  });
  return signs.join("");
}
