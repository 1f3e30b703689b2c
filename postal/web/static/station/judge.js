// @ts-check
/**
 * The verdict on a scan, from the downloaded work list alone: pure, so that it is the same with and without a network.
 */
import { read, unframed } from "./codes.js";
import { explain } from "./telex.js";
import { TEXTS, WORKS, inWords } from "./words.js";

/** @typedef {{code: string, kind: string, container?: string | null, place?: string | null, manifest?: string | null}} Entry */
/** @typedef {{work: string, code?: string | null, expected: Iterable<any>, elsewhere?: Iterable<any>}} Work */
/** @typedef {Map<string, {at: number, tone: string}>} Seen */
/** @typedef {{vi: string, en: string}} Text */
/** @typedef {{tone: "ok" | "repeated" | "wrong" | "bad", code: string | null, text: Text, piece: Entry | null, effect: any}} Verdict */
/** @typedef {import("./codes.js").Read & {waits?: string, cause?: string | null}} Heard */

/** A code seen again this soon is the same pull of the trigger. */
export const AGAIN_MS = 1500;
/** So long a repaired code waits for its second scan. */
export const WAITS_MS = 30_000;

const CONDITIONS = ["damaged", "opened", "seal_broken"];
const NOTHING = Object.freeze({ type: "none" });
/** @type {WeakMap<object, {expected: Map<string, Entry>, elsewhere: Map<string, Entry>}>} */
const indexes = new WeakMap();

/**
 * Judge one code that was read. It changes nothing: what is to be done about it is `effect`.
 * @param {Work} work
 * @param {Seen} seen
 * @param {Heard} heard
 * @param {number} now milliseconds
 * @returns {Verdict}
 */
export function judge(work, seen, heard, now) {
  if (heard.waits) {
    const text = heard.cause === "layout" ? TEXTS.layout : TEXTS.confirm;
    return verdict("bad", heard.waits, text, null, { type: "confirm", code: heard.waits });
  }
  if ("trouble" in heard || heard.cause) {
    const cause = heard.cause ?? ("trouble" in heard ? heard.trouble : "pattern");
    return verdict("bad", null, TEXTS[cause] ?? TEXTS.pattern, null, NOTHING);
  }
  const { expected, elsewhere } = indexOf(work);
  const piece = expected.get(heard.code);
  if (piece === undefined) {
    const steering = steered(work, seen, heard);
    if (steering) {
      return steering;
    }
  }
  const before = seen.get(heard.code);
  if (before) {
    const text = now - before.at < AGAIN_MS ? TEXTS.again : inWords(TEXTS.repeated, clockOf(before.at));
    return verdict("repeated", heard.code, text, piece ?? elsewhere.get(heard.code) ?? null, NOTHING);
  }
  if (piece) {
    return verdict("ok", heard.code, accepted(work, seen, piece), piece, { type: "scan" });
  }
  const other = elsewhere.get(heard.code) ?? null;
  return verdict("wrong", heard.code, misplaced(other), other, { type: "scan" });
}

/**
 * Give what commands, places, the test code and other lists' barcodes do; null for a piece.
 * @param {Work} work @param {Seen} seen @param {import("./codes.js").Found} found
 * @returns {Verdict | null}
 */
function steered(work, seen, found) {
  if (found.kind === "command") {
    return commanded(seen, String(found.command));
  }
  if (found.kind === "place") {
    return verdict("ok", found.code, TEXTS.place, null, { type: "place", code: found.code });
  }
  if (found.kind === "test") {
    return verdict("ok", null, TEXTS.test, null, { type: "test" });
  }
  const opens = { manifest: "receive", trip: "load", bag: "open" }[found.kind];
  const another = found.kind === "bag" && (work.work !== "open" || indexOf(work).elsewhere.has(found.code));
  if (!opens || another) {
    return null;
  }
  if (work.code === found.code) {
    return verdict("repeated", found.code, TEXTS.this_list, null, NOTHING);
  }
  const as = found.kind === "manifest" && ["deliver", "count", "load"].includes(work.work) ? work.work : opens;
  return verdict("ok", found.code, TEXTS[found.kind], null, { type: "work", work: as, code: found.code });
}

/** @param {Seen} seen @param {string} command @returns {Verdict} */
function commanded(seen, command) {
  if (CONDITIONS.includes(command)) {
    return verdict("ok", null, TEXTS[command], null, { type: "condition", condition: command });
  }
  if (command === "undo") {
    return seen.size > 0
      ? verdict("ok", null, TEXTS.undo, null, { type: "undo" })
      : verdict("bad", null, TEXTS.nothing_to_undo, null, NOTHING);
  }
  if (command === "finish") {
    return verdict("ok", null, TEXTS.finish, null, { type: "finish" });
  }
  return verdict("ok", null, WORKS[command], null, { type: "work", work: command, code: null });
}

/**
 * Count a work list: expected = seen + within + missing, whatever was scanned.
 * @param {Work} work @param {Seen} seen
 */
export function counts(work, seen) {
  const { expected } = indexOf(work);
  let had = 0;
  let within = 0;
  for (const piece of expected.values()) {
    if (seen.has(piece.code)) {
      had += 1;
    } else if (piece.container && seen.has(piece.container)) {
      within += 1;
    }
  }
  const extra = [...seen.keys()].filter((code) => !expected.has(code)).length;
  return { expected: expected.size, seen: had, within, missing: expected.size - had - within, extra };
}

/**
 * List what is expected and neither seen nor inside of a bag that was.
 * @param {Work} work @param {Seen} seen @returns {Entry[]}
 */
export function missing(work, seen) {
  return [...indexOf(work).expected.values()].filter(
    (piece) => !seen.has(piece.code) && !(piece.container && seen.has(piece.container)),
  );
}

/**
 * Tell whether a text without terminator can be answered at once: no longer code begins with it.
 * @param {string} raw @param {Work} work
 */
export function isWhole(raw, work) {
  const found = read(raw);
  if ("trouble" in found) {
    return false;
  }
  if (["item", "trip", "command", "test"].includes(found.kind)) {
    return true;
  }
  const { expected } = indexOf(work);
  return expected.has(found.code) && ![...expected.keys()].some((code) => code !== found.code && code.startsWith(found.code));
}

/** What one station heard last: a repaired code counts only when it comes a second time, or a person confirms it. */
export class Bench {
  /** @type {{code: string, at: number} | null} */
  #waiting = null;

  get waiting() {
    return this.#waiting?.code ?? null;
  }

  /**
   * @param {Work} work @param {Seen} seen @param {string} raw @param {string} how
   * @param {{keys?: string, rewritten?: boolean}} more @param {number} now
   * @returns {Verdict}
   */
  hear(work, seen, raw, how, more, now) {
    const waiting = this.#waiting && now - this.#waiting.at <= WAITS_MS ? this.#waiting.code : null;
    this.#waiting = null;
    const { cause, candidates } = explain(raw, more, indexOf(work).expected.keys());
    if (cause === null) {
      return judge(work, seen, known(work, raw), now);
    }
    if (candidates.length !== 1) {
      return judge(work, seen, { trouble: cause, raw, cause }, now);
    }
    const [code] = candidates;
    if (code === waiting || seen.has(code)) {
      return judge(work, seen, read(code), now);
    }
    this.#waiting = { code, at: now };
    return judge(work, seen, { trouble: cause, raw, cause, waits: code }, now);
  }

  /** @param {Work} work @param {Seen} seen @param {number} now @returns {Verdict} */
  confirm(work, seen, now) {
    const code = this.#waiting && now - this.#waiting.at <= WAITS_MS ? this.#waiting.code : null;
    this.#waiting = null;
    return judge(work, seen, code ? read(code) : { trouble: "empty", raw: "" }, now);
  }

  /** @param {string} kind @returns {Verdict} */
  trouble(kind) {
    this.#waiting = null;
    return verdict("bad", null, TEXTS[kind] ?? TEXTS.pattern, null, NOTHING);
  }
}

/** @param {Verdict["tone"]} tone @param {string | null} code @param {Text} text @param {Entry | null} piece @param {any} effect @returns {Verdict} */
function verdict(tone, code, text, piece, effect) {
  return { tone, code, text, piece, effect };
}

/** @param {Work} work @param {Seen} seen @param {Entry} piece */
function accepted(work, seen, piece) {
  const left = counts(work, seen).missing - 1;
  return piece.kind === "bag" ? TEXTS.bag_ok : left > 0 ? inWords(TEXTS.ok, String(left)) : TEXTS.all;
}

/** @param {Entry | null} other */
function misplaced(other) {
  if (other?.manifest) {
    return inWords(TEXTS.other_manifest, other.manifest);
  }
  return other?.place ? inWords(TEXTS.other_place, other.place) : TEXTS.unexpected;
}

/** @param {number} at */
function clockOf(at) {
  return new Date(at + 7 * 3_600_000).toISOString().slice(11, 16);
}

/**
 * Read a code; one that the list expects is right even if no pattern of this station knows its form yet.
 * @param {Work} work @param {string} raw @returns {Heard}
 */
function known(work, raw) {
  const code = unframed(raw).toUpperCase();
  const piece = indexOf(work).expected.get(code);
  return piece ? { kind: piece.kind, code } : read(raw);
}

/** @param {Work} work */
function indexOf(work) {
  let index = indexes.get(work);
  if (!index) {
    index = { expected: byCode(work.expected), elsewhere: byCode(work.elsewhere ?? []) };
    indexes.set(work, index);
  }
  return index;
}

/** @param {Iterable<any>} entries a list, or a Map by code @returns {Map<string, Entry>} */
function byCode(entries) {
  const pairs = entries instanceof Map ? [...entries].map(([code, entry]) => ({ ...entry, code })) : [...entries];
  return new Map(pairs.map((entry) => [entry.code, entry]));
}
