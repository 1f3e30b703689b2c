// @ts-check
/** Verdicts that come from the station itself rather than from a list. */

/**
 * @param {"ok" | "repeated" | "wrong" | "bad"} tone @param {string} vi @param {string} en
 * @returns {any}
 */
export function plain(tone, vi, en) {
  return { tone, code: null, text: { vi, en }, piece: null, effect: { type: "none" } };
}

export const NO_SHIFT = plain("bad", "Chưa mở ca, hãy đăng nhập", "No shift yet, sign in");
