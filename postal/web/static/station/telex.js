// @ts-check
/**
 * What a Vietnamese input method made of a scanned code, and which code it may have been.
 *
 * An input method loses keys (two tones: the later one stays), so a code cannot always be read back. What can be done
 * is to type each expected code through the method's rules and compare. A candidate is a proposal, never a scan.
 */
import { read, unframed } from "./codes.js";

/** @typedef {"telex" | "vni"} Method */
/** @typedef {{base: string, mark: string}} Letter */

const TONES = "\u0301\u0300\u0309\u0303\u0323";
const CIRCUMFLEX = "\u0302";
const HORN = "\u031b";
const BREVE = "\u0306";
const STROKE = "\u0335";
const TONE_KEYS = { telex: "SFRXJ", vni: "12345" };
const VOWELS = "AEIOUY";
/** Which mark each key makes, and of which letters. @type {Record<Method, Record<string, [string, string][]>>} */
const MARK_KEYS = {
  telex: {
    A: [["A", CIRCUMFLEX]],
    E: [["E", CIRCUMFLEX]],
    O: [["O", CIRCUMFLEX]],
    D: [["D", STROKE]],
    W: [["A", BREVE], ["O", HORN], ["U", HORN]],
  },
  vni: {
    6: [["A", CIRCUMFLEX], ["E", CIRCUMFLEX], ["O", CIRCUMFLEX]],
    7: [["O", HORN], ["U", HORN]],
    8: [["A", BREVE]],
    9: [["D", STROKE]],
  },
};
const METHODS = /** @type {Method[]} */ (["telex", "vni"]);
const MOST_READINGS = 256;

/**
 * Tell whether a text holds letters that no scanner sends by itself: accents, Đ, or full width.
 * @param {string} raw
 */
export function isChanged(raw) {
  return /[^\x00-\x7f]/.test(raw.replace(/\x1d/g, ""));
}

/**
 * Give what a scan came to, if something between scanner and page changed it.
 * @param {string} raw what stands there
 * @param {{keys?: string, rewritten?: boolean}} more what the keys spell, and whether anything typed over it
 * @param {Iterable<string>} expected
 * @returns {{cause: "input_method" | "layout" | null, candidates: string[]}}
 */
export function explain(raw, more, expected) {
  const list = [...expected];
  const keys = more.keys ?? "";
  const plain = read(raw);
  const spelled = keys ? read(keys) : null;
  const meant = spelled && "code" in spelled && list.includes(spelled.code) ? spelled.code : null;
  const changed = isChanged(raw);
  const swallowed = Boolean(more.rewritten) || keys.length > raw.length;
  if (!changed && !swallowed) {
    const right = "code" in plain && (meant === null || list.includes(plain.code));
    // Another layout may even make another valid code; the keys say what the scanner meant.
    return right || spelled === null || "trouble" in spelled
      ? { cause: null, candidates: [] }
      : { cause: "layout", candidates: meant ? [meant] : [] };
  }
  const found = new Set(changed ? candidates(raw, list) : []);
  if (meant) {
    found.add(meant);
  }
  return { cause: "input_method", candidates: [...found] };
}

/**
 * Give the codes that a changed text may have been: of those expected, or, without a list, every valid reading.
 * @param {string} raw
 * @param {readonly string[]} [expected]
 * @returns {string[]}
 */
export function candidates(raw, expected) {
  const text = raw.normalize("NFKD").toUpperCase();
  const bare = unframed(text.replace(/^U\u031b(?=[A-Z][0-9])/, "]")).normalize("NFKD");
  const readBack = readings(bare).filter((each) => "code" in read(each));
  if (!expected) {
    return readBack;
  }
  const seen = canonical(bare);
  return expected.filter(
    (code) => readBack.includes(code) || METHODS.some((method) => images(code, method).includes(seen)),
  );
}

/**
 * Type a code through an input method: once as if a mark's key may follow anywhere in the word, once only at once.
 * @param {string} code
 * @param {Method} method
 * @returns {string[]} canonical forms, see `canonical`
 */
export function images(code, method) {
  return [typed(code, method, true), typed(code, method, false)];
}

/** @param {string} code @param {Method} method @param {boolean} free */
function typed(code, method, free) {
  let done = "";
  /** @type {{letters: Letter[], tone: string, givenUp: boolean}} */
  let word = { letters: [], tone: "", givenUp: false };
  for (const key of code.toUpperCase()) {
    if (toned(word, key, method, free) || marked(word, key, method, free)) {
      continue;
    }
    if (/[A-Z]/.test(key)) {
      word.letters.push({ base: key, mark: "" });
    } else {
      done += written(word) + key;
      word = { letters: [], tone: "", givenUp: false };
    }
  }
  return done + written(word);
}

/** @param {{letters: Letter[], tone: string}} word */
function written(word) {
  return word.letters.map((letter) => letter.base + letter.mark).join("") + word.tone;
}

/** @param {any} word @param {string} key @param {Method} method @param {boolean} free */
function toned(word, key, method, free) {
  const at = TONE_KEYS[method].indexOf(key);
  const near = free ? word.letters : word.letters.slice(-1);
  if (at < 0 || word.givenUp || !near.some((/** @type {Letter} */ each) => VOWELS.includes(each.base))) {
    return false;
  }
  if (word.tone !== TONES[at]) {
    word.tone = TONES[at];
    return true;
  }
  word.tone = "";
  word.givenUp = true; // the same key again takes the tone back and stands as it is
  return false;
}

/** @param {any} word @param {string} key @param {Method} method @param {boolean} free */
function marked(word, key, method, free) {
  const rules = MARK_KEYS[method][key];
  if (!rules || word.givenUp) {
    return false;
  }
  const near = free ? word.letters : word.letters.slice(-1);
  const letter = near.findLast((/** @type {Letter} */ each) => rules.some(([base]) => base === each.base));
  if (!letter) {
    if (key !== "W") {
      return false;
    }
    word.letters.push({ base: "U", mark: HORN }); // W alone is Ư
    return true;
  }
  const mark = /** @type {[string, string]} */ (rules.find(([base]) => base === letter.base))[1];
  if (letter.mark === mark) {
    letter.mark = "";
    word.givenUp = true;
    return false;
  }
  letter.mark = mark;
  return true;
}

/**
 * Write a text so that it no longer matters which vowel carries the tone, nor whether it was NFC or NFD.
 * @param {string} text
 */
export function canonical(text) {
  const apart = text.normalize("NFKD").toUpperCase().replaceAll("Đ", `D${STROKE}`);
  return apart.replace(/[A-Z\u0300-\u036f]+/g, (word) => {
    const tones = [...word].filter((sign) => TONES.includes(sign));
    return [...word].filter((sign) => !TONES.includes(sign)).concat(tones).join("");
  });
}

/**
 * Read marks back into the keys that made them, in place; the key of a tone may also stand at the end of its word.
 * @param {string} decomposed
 * @returns {string[]}
 */
function readings(decomposed) {
  const letters = decomposed.match(/[^\u0300-\u036f][\u0300-\u036f]*/g) ?? [];
  /** @type {Set<string>} */
  const all = new Set();
  for (const method of METHODS) {
    let texts = [{ text: "", late: "" }];
    for (const letter of letters) {
      const ends = !/^[A-ZĐ]/.test(letter);
      texts = texts
        .flatMap(({ text, late }) => {
          const before = ends ? { text: text + late, late: "" } : { text, late };
          return spelled(letter, method).map(([now, later]) => ({
            text: before.text + now,
            late: before.late + later,
          }));
        })
        .slice(0, MOST_READINGS);
    }
    texts.forEach(({ text, late }) => all.add(text + late));
  }
  return [...all];
}

/** @param {string} letter with its marks @param {Method} method @returns {[string, string][]} keys now, and keys later */
function spelled(letter, method) {
  const base = letter[0] === "Đ" ? "D" : letter[0];
  const mark = letter[0] === "Đ" ? STROKE : [...letter].find((sign) => [CIRCUMFLEX, HORN, BREVE].includes(sign)) ?? "";
  const tone = [...letter].find((sign) => TONES.includes(sign)) ?? "";
  const toneKey = tone ? TONE_KEYS[method][TONES.indexOf(tone)] : "";
  const key =
    Object.keys(MARK_KEYS[method]).find((each) =>
      MARK_KEYS[method][each].some(([of, makes]) => of === base && makes === mark),
    ) ?? "";
  /** @type {[string, string][]} */
  const ways = [[base + key + toneKey, ""]];
  if (toneKey) {
    ways.push([base + key, toneKey]);
  }
  if (toneKey && key) {
    ways.push([base + toneKey + key, ""]);
  }
  if (base === "U" && mark === HORN && method === "telex") {
    ways.push([`W${toneKey}`, ""]);
  }
  return ways;
}
