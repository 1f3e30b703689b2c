// @ts-check
/** What a key press says, and whether a run of them came from a scanner: pure, without the page. */

/** @typedef {{sign: string | null, key: string, end?: undefined, back?: boolean}} Stroke a sign, or null if only the key is known */
/** @typedef {{end: "CR" | "LF" | "TAB"}} End */

/** No scan is shorter: six keys in a row at this speed are nobody's fingers. */
export const SHORTEST = 6;
/** Scanners need 1 to 30 ms a character, and what lies between them and the page adds a little. */
export const MEDIAN_MS = 38;
const STEADY_MS = 45;
const STEADY_PART = 0.85;
/** The rest of a word in which a scan began, unless the hand before was a machine too. */
const LONGEST_GAP_MS = 90;
const LONGEST_GAP_NEAR_START_MS = 120;
const NEAR_START = 3;
/** An input method types its Backspaces and letters without a pause. */
const INJECTED_MS = 3;

const IGNORED = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock", "ScrollLock", "Fn"]);
const OPAQUE = new Set(["Process", "Unidentified", "Dead"]);
/** @type {Record<string, End["end"]>} */
const ENDS = { Enter: "CR", Tab: "TAB" };
/** @type {Record<string, End["end"]>} */
const CONTROL_ENDS = { KeyJ: "LF", KeyM: "CR", KeyI: "TAB" };
const GS = "\x1d";
/** Keys beside letters and digits, as the US layout has them; scanners speak it unless told otherwise. */
/** @type {Record<string, [string, string]>} */
const US = {
  Minus: ["-", "_"],
  Period: [".", ">"],
  BracketRight: ["]", "}"],
  BracketLeft: ["[", "{"],
  Backslash: ["\\", "|"],
  Backquote: ["`", "~"],
  Slash: ["/", "?"],
  Comma: [",", "<"],
  Semicolon: [";", ":"],
  Quote: ["'", '"'],
  Equal: ["=", "+"],
  Space: [" ", " "],
  NumpadSubtract: ["-", "-"],
  NumpadDecimal: [".", "."],
};
const SHIFTED_DIGITS = ")!@#$%^&*(";

/**
 * Read a keydown: a sign, an end, null for what means nothing by itself, or "other" for what no scanner sends.
 * @param {KeyboardEvent} event
 * @returns {Stroke | End | null | "other"}
 */
export function strokeOf(event) {
  if (event.ctrlKey && !event.altKey && !event.metaKey) {
    const end = CONTROL_ENDS[event.code] ?? CONTROL_ENDS[`Key${event.key.toUpperCase()}`];
    if (event.key === "]" || event.key === GS || event.code === "BracketRight") {
      return { sign: GS, key: GS };
    }
    return end ? { end } : event.key === "Control" ? null : "other";
  }
  if (IGNORED.has(event.key)) {
    return null;
  }
  if (ENDS[event.key]) {
    return event.shiftKey || event.altKey ? "other" : { end: ENDS[event.key] };
  }
  if (event.key === "Backspace") {
    return { sign: "", key: "", back: true };
  }
  if ((event.altKey && !event.getModifierState?.("AltGraph")) || event.metaKey) {
    return "other";
  }
  const key = physical(event);
  if (OPAQUE.has(event.key) || event.isComposing || (key && /^Numpad\d$/.test(event.code) && event.key.length > 1)) {
    return { sign: null, key };
  }
  return [...event.key].length === 1 ? { sign: event.key, key } : "other";
}

/** @param {KeyboardEvent} event @returns {string} what stands on the key of a US keyboard, letters as capitals */
function physical(event) {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter) {
    return letter;
  }
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  if (digit) {
    return event.shiftKey && event.code.startsWith("Digit") ? SHIFTED_DIGITS[Number(digit)] : digit;
  }
  return US[event.code]?.[event.shiftKey ? 1 : 0] ?? "";
}

/**
 * Find where the last burst begins: typing before a scan is not part of it, a pause inside of one is.
 * @param {readonly number[]} times
 * @returns {number}
 */
export function beginning(times) {
  const gaps = gapsOf(times);
  const limit = Math.min(LONGEST_GAP_MS, Math.max(20, 4 * median(gaps.slice(-8)) + 8));
  for (let at = gaps.length - 1; at >= 0; at -= 1) {
    if (gaps[at] <= limit) {
      continue;
    }
    const before = gaps.slice(Math.max(0, at - 4), at);
    const machine = before.length >= NEAR_START && median(before) <= MEDIAN_MS;
    const start = at < NEAR_START && gaps[at] <= LONGEST_GAP_NEAR_START_MS;
    if (!machine && !start) {
      return at + 1;
    }
  }
  return 0;
}

/**
 * Give the times at which something was pressed. What an input method types over comes as a burst of its own, after
 * each key of a slow hand too; all of it is that one key.
 * @param {readonly (Stroke & {at: number})[]} entries
 * @returns {number[]}
 */
export function strokeTimes(entries) {
  const rewritten = entries.some((entry) => entry.back);
  return entries
    .filter((entry, at) => {
      const before = entries[at - 1];
      const injected = rewritten && before && !entry.key && !before.key;
      return !(injected && entry.at - before.at < INJECTED_MS);
    })
    .map((entry) => entry.at);
}

/**
 * Tell a scanner from fingers, by the whole burst: its length, its middle interval, and how steady it is.
 * @param {readonly number[]} times of the keys, and of the terminator if there was one
 * @param {string} text
 */
export function isScan(times, text) {
  const gaps = gapsOf(times);
  if (text.length < SHORTEST || gaps.length < SHORTEST - 1 || new Set(text.toUpperCase()).size < 3) {
    return false;
  }
  const steady = gaps.filter((gap) => gap <= STEADY_MS).length;
  return median(gaps) <= MEDIAN_MS && steady >= STEADY_PART * gaps.length;
}

/**
 * Tell whether a text could be any code at all. In a field a fast burst of words is a macro of an input method.
 * @param {string} text
 */
export function isCodeLike(text) {
  return text.includes("|") || (!/\s/.test(text) && (/[0-9]/.test(text) || /^(\][A-Z][0-9])?LNH-/i.test(text)));
}

/** @param {readonly number[]} times @returns {number} milliseconds a character */
export function speedOf(times) {
  return Math.round(median(gapsOf(times)));
}

/** @param {readonly number[]} times */
function gapsOf(times) {
  return times.slice(1).map((time, at) => time - times[at]);
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted.length ? sorted[Math.floor((sorted.length - 1) / 2)] : 0;
}
