// @ts-check
/**
 * What a code names, told by its form alone: the same rules as `shipments/pieces/rules`, and the codes that only a
 * station knows (commands, places, the test code). A test holds both sides equal.
 */

/** @typedef {{kind: string, code: string, command?: string, folded?: boolean}} Found */
/** @typedef {{trouble: string, raw: string}} Trouble */
/** @typedef {Found | Trouble} Read */

export const MAX_LENGTH = 60;

/** Letters that neither Telex nor VNI changes: no vowels, no D, W, nor the keys of tones. */
export const COMMANDS = Object.freeze({
  "LNH-NHN": "receive",
  "LNH-MTK": "open",
  "LNH-CHT": "load",
  "LNH-PHT": "deliver",
  "LNH-KMK": "count",
  "LNH-BQC": "undo",
  "LNH-KTT": "finish",
  "LNH-HNG": "damaged",
  "LNH-BMK": "opened",
  "LNH-NPV": "seal_broken",
});

/** What an input method, a layout or a wrong case would change in it tells which of them is on. GS stands before Q. */
export const TEST_CODE = "THU.DDAW-A1O6-0123456789\x1dQ";

const GS = "\x1d";
const RESULT_SUFFIX = "-KQ";
const S10_WEIGHTS = [8, 6, 4, 2, 3, 5, 9, 7];
const S10 = /^[A-Z]{2}[0-9]{9}VN$/;
const BAG = /^TUI-[A-Z0-9][A-Z0-9.-]{1,50}$/;
const MANIFEST = /^BK-[A-Z0-9][A-Z0-9.-]{1,50}$/;
const TRIP = /^CT-[0-9]{6}-[A-HJ-NP-Z2-9]{6}$/;
const PLACE = /^VT\.[A-Z0-9][A-Z0-9.-]{1,34}$/;
const AIM = /^\][A-Za-z][0-9A-Fa-f]/;

/** @type {readonly string[]} */
export const SHIPPED = Object.freeze([
  "[0-9]{3}\\.[0-9]{2}\\.[0-9]{2}\\.[A-Y][0-9]{2}-[0-9]{6}-[0-9]{4,7}",
  "[A-Y][0-9]{2}(?:\\.[0-9]{2,3}){0,6}-[0-9]{8}-[0-9]{4,7}",
  "[A-Z0-9][A-Z0-9.\\-]{1,34}-[0-9]{8}-[0-9]{4,8}",
  "[A-Z][A-Z0-9]{1,15}-[0-9]{1,12}",
]);

/** @type {RegExp[]} */
let held = SHIPPED.map(whole);

/** @param {string} pattern @returns {RegExp} */
function whole(pattern) {
  return new RegExp(`^(?:${pattern})$`);
}

/**
 * Go by these patterns of dossier codes from now on; the work list brings them.
 * @param {readonly (string | {pattern: string})[]} patterns
 */
export function hold(patterns) {
  held = patterns.map((each) => whole(typeof each === "string" ? each : each.pattern));
}

/**
 * Tell what was scanned, or why it is no code.
 * @param {string} raw
 * @returns {Read}
 */
export function read(raw) {
  const bare = unframed(raw.normalize("NFC"));
  if (isTest(bare)) {
    return { kind: "test", code: TEST_CODE };
  }
  const trouble = writing(bare);
  if (trouble) {
    return { trouble, raw };
  }
  const code = bare.toUpperCase();
  const command = COMMANDS[/** @type {keyof typeof COMMANDS} */ (code)];
  const kind = command ? "command" : kindOf(code) ?? (PLACE.test(code) ? "place" : null);
  if (kind === null) {
    return { trouble: S10.test(code) ? "check_digit" : "pattern", raw };
  }
  /** @type {Found} */
  const found = { kind, code: kind === "place" ? code.slice(3) : code };
  if (command) {
    found.command = command;
  }
  if (code !== bare) {
    found.folded = true;
  }
  return found;
}

/**
 * Tell what a code names, or null; equal to Python's `kind_of`.
 * @param {string} code
 * @returns {string | null}
 */
export function kindOf(code) {
  if (S10.test(code)) {
    return isS10(code) ? "item" : null;
  }
  if (code.length > MAX_LENGTH) {
    return null;
  }
  if (BAG.test(code)) {
    return "bag";
  }
  if (MANIFEST.test(code)) {
    return "manifest";
  }
  if (TRIP.test(code)) {
    return "trip";
  }
  if (code.endsWith(RESULT_SUFFIX) && isDossier(code.slice(0, -RESULT_SUFFIX.length))) {
    return "result";
  }
  return isDossier(code) ? "dossier" : null;
}

/** @param {string} code */
function isDossier(code) {
  const reserved = code.startsWith("TUI-") || code.startsWith("BK-") || code.endsWith(RESULT_SUFFIX);
  return code.length <= MAX_LENGTH && !reserved && held.some((pattern) => pattern.test(code));
}

/** @param {string} code */
export function isS10(code) {
  return S10.test(code) && Number(code[10]) === s10CheckDigit(code.slice(2, 10));
}

/** @param {string} serial eight digits @returns {number} */
export function s10CheckDigit(serial) {
  const total = S10_WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(serial[at]), 0);
  const check = 11 - (total % 11);
  return check === 10 ? 0 : check === 11 ? 5 : check;
}

/**
 * Take off what a scanner puts around a code: its AIM id, and GS, also where it writes GS as | or ~.
 * @param {string} raw
 */
export function unframed(raw) {
  return raw.replace(AIM, "").replace(/^[\x1d|~]+|[\x1d|~]+$/g, "");
}

/** @param {string} bare */
function isTest(bare) {
  return bare.toUpperCase().replace(/[|~]/g, GS) === TEST_CODE;
}

/** @param {string} bare @returns {string | null} */
function writing(bare) {
  if (bare.trim() === "") {
    return "empty";
  }
  if (bare.length > MAX_LENGTH * 2) {
    return "too_long";
  }
  const foreign = bare.replace(/[\x00-\x7f]/g, "");
  if (foreign) {
    return /[\p{L}\p{N}]/u.test(foreign) ? "input_method" : "character";
  }
  if (/\s/.test(bare)) {
    return "space";
  }
  if (/[^A-Za-z0-9.-]/.test(bare)) {
    return "character";
  }
  return bare.length > MAX_LENGTH ? "too_long" : null;
}
