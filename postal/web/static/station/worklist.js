// @ts-check
/** Work lists: fetched while there is network, kept with their time, and used as they are while there is none. */

import { hold } from "./codes.js";

const MOST_LISTS = 60;
const ENDED = "ended ";

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
    /** How many answers were asked for, and for each list the place of the question whose answer is kept. */
    this.asked = 0;
    /** @type {Map<string, number>} */
    this.newest = new Map();
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
    const place = ++this.asked;
    const before = await this.kept(work, code);
    const query = code ? `?code=${encodeURIComponent(code)}` : "";
    const answer = await fetch(`/scan/lists/${work}${query}`, {
      headers: before?.etag ? { "If-None-Match": before.etag } : {},
      cache: "no-store",
    });
    if (answer.status === 304 && before) {
      return this.keep({ ...before, checked_at: this.now() }, place);
    }
    if (!answer.ok) {
      return before;
    }
    const found = { key, etag: answer.headers.get("etag") ?? "", checked_at: this.now(), list: await answer.json() };
    const held = key === this.current ? await this.kept(work, code) : undefined;
    return this.keep(held ? grown(held, found) : found, place);
  }

  /** @param {string} work @param {string | null} code @returns {Promise<Kept | undefined>} */
  kept(work, code) {
    return this.outbox.db.get("lists", keyOf(work, code));
  }

  /**
   * Keep an answer, unless one that was asked for later is kept already.
   * @param {Kept} kept @param {number} place
   */
  async keep(kept, place) {
    if (place < (this.newest.get(kept.key) ?? 0)) {
      return (await this.outbox.db.get("lists", kept.key)) ?? kept;
    }
    this.newest.set(kept.key, place);
    await this.outbox.db.put("lists", kept);
    return kept;
  }

  /**
   * Give what was seen of a list. A list without a code begins anew once it was finished and is fetched again: what
   * comes a second time is no repetition then.
   * @param {Kept} kept @returns {Promise<Map<string, import("./outbox.js").Sighting>>}
   */
  async seen(kept) {
    const ended = await this.outbox.get(ENDED + kept.key);
    const known = this.outbox.waiting === 0 && kept.checked_at > ended;
    if (ended && known && kept.list.code === null) {
      await this.outbox.db.delete("seen", rangeOf(kept.key));
      await this.outbox.db.delete("meta", ENDED + kept.key);
    }
    const found = await this.outbox.db.getAll("seen", rangeOf(kept.key));
    return new Map(found.map((/** @type {any} */ one) => [one.code, one]));
  }

  /** Note that the current work is finished. */
  async finished() {
    if (this.current) {
      await this.outbox.put(ENDED + this.current, this.now());
      this.current = null;
    }
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
        await this.outbox.db.delete("seen", rangeOf(key));
        await this.outbox.db.delete("meta", ENDED + key);
      }
    }
  }

  /** The list that is being worked on; it stays as it is until the work is finished. @type {string | null} */
  current = null;
}

/** @param {string} key what was seen of one list */
function rangeOf(key) {
  return IDBKeyRange.bound([key], [key, []]);
}

/**
 * Add what is new to a list that is being worked on. What it held stays, since two people may work on one list; so it
 * is not what its tag says, and is fetched whole next time.
 * @param {Kept} before @param {Kept} found @returns {Kept}
 */
function grown(before, found) {
  const had = new Set(found.list.expected.map((/** @type {any} */ piece) => piece.code));
  const gone = before.list.expected.filter((/** @type {any} */ piece) => !had.has(piece.code));
  if (gone.length === 0) {
    return found;
  }
  return { ...found, etag: "", list: { ...found.list, expected: [...found.list.expected, ...gone] } };
}

/** @param {string} address */
async function answered(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) {
    throw Object.assign(new Error(`${address}: ${answer.status}`), { status: answer.status });
  }
  return answer.json();
}
