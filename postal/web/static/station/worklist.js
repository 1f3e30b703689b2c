// @ts-check
/** Work lists: fetched while there is network, kept with their time, and used as they are while there is none. */

import { hold } from "./codes.js";

const MOST_LISTS = 60;

/**
 * @typedef {{work: string, code: string | null, count: number, counterparty: string | null}} Choice
 * @typedef {{key: string, etag: string, checked_at: number, list: any}} Kept
 */

/** @param {string} work @param {string | null} code */
export function keyOf(work, code) {
  return code ? `${work} ${code}` : work;
}

export class WorkLists {
  /** @param {import("./outbox.js").Outbox} outbox @param {() => number} now */
  constructor(outbox, now) {
    this.outbox = outbox;
    this.now = now;
    /** @type {Choice[]} */
    this.choices = [];
  }

  /** Read what was kept, before there is any network. */
  async load() {
    const told = await this.outbox.get("overview");
    this.choices = told?.works ?? [];
    if (told?.patterns?.length) {
      hold(told.patterns);
    }
    return told;
  }

  /**
   * Ask who we are and which works there are, then fetch the lists; throws what the server refused.
   * @returns {Promise<any>} the overview
   */
  async refresh() {
    const told = await answered("/scan/work");
    await this.outbox.put("overview", told);
    await this.load();
    for (const choice of this.choices.slice(0, MOST_LISTS)) {
      await this.fetch(choice.work, choice.code);
    }
    await this.forget();
    return told;
  }

  /** Fetch again what changes with every scan of ours: the lists that no code names. */
  async catchUp() {
    for (const choice of this.choices.filter((one) => one.code === null)) {
      await this.fetch(choice.work, null);
    }
  }

  /**
   * Fetch one list, unless it has not changed.
   * @param {string} work @param {string | null} code
   * @returns {Promise<Kept | undefined>}
   */
  async fetch(work, code) {
    const key = keyOf(work, code);
    const before = await this.kept(work, code);
    const query = code ? `?code=${encodeURIComponent(code)}` : "";
    const answer = await fetch(`/scan/lists/${work}${query}`, {
      headers: before ? { "If-None-Match": before.etag } : {},
      cache: "no-store",
    });
    if (answer.status === 304 && before) {
      return this.keep({ ...before, checked_at: this.now() });
    }
    if (!answer.ok) {
      return before;
    }
    return this.keep({ key, etag: answer.headers.get("etag") ?? "", checked_at: this.now(), list: await answer.json() });
  }

  /** @param {string} work @param {string | null} code @returns {Promise<Kept | undefined>} */
  kept(work, code) {
    return this.outbox.db.get("lists", keyOf(work, code));
  }

  /** @param {Kept} kept */
  async keep(kept) {
    await this.outbox.db.put("lists", kept);
    return kept;
  }

  /** @param {string} list @returns {Promise<Map<string, import("./outbox.js").Sighting>>} */
  async seen(list) {
    const range = IDBKeyRange.bound([list], [list, []]);
    const found = await this.outbox.db.getAll("seen", range);
    return new Map(found.map((/** @type {any} */ one) => [one.code, one]));
  }

  /** Drop lists that nobody may choose any more, with what was seen of them, unless rows of them still wait. */
  async forget() {
    if (this.outbox.waiting > 0) {
      return;
    }
    const offered = new Set(this.choices.map((choice) => keyOf(choice.work, choice.code)));
    for (const key of await this.outbox.db.getAllKeys("lists")) {
      if (!offered.has(key) && key !== this.current) {
        await this.outbox.db.delete("lists", key);
        await this.outbox.db.delete("seen", IDBKeyRange.bound([key], [key, []]));
      }
    }
  }

  /** The list that is being worked on; it stays as it is until the work is finished. @type {string | null} */
  current = null;
}

/** @param {string} address */
async function answered(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) {
    throw Object.assign(new Error(`${address}: ${answer.status}`), { status: answer.status });
  }
  return answer.json();
}
