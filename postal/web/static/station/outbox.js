// @ts-check
/**
 * Scans that wait in the browser: codes and times only. A row is on the disk before anybody is shown a verdict, and it
 * leaves only when the server's answer names it.
 */

import { openDB } from "../vendor/idb/index.js";
import { newEpoch } from "./identifiers.js";

export const DATABASE = "postal-station";
const VERSION = 1;
const MIRROR = "station-epoch";
const KEPT_ANSWERS = 500;
/** @type {IDBTransactionOptions} */
const DURABLE = { durability: "strict" };

/**
 * @typedef {{seq: number, epoch: string, id: string, device: string, shift: string | null, frame: string,
 *   mono: number,
 *   list: string, body: Record<string, unknown> & {code: string, kind: string, occurred_at: string}, stuck?: string}} Row
 * @typedef {{list: string, code: string, at: number, tone: string, id: string}} Sighting
 * @typedef {{epoch: string, seq: number, code: string, kind: string, at: string, verdict: string, message: string}} Answered
 */

/** @param {import("../vendor/idb/index.js").IDBPDatabase} db */
function upgrade(db) {
  db.createObjectStore("meta");
  db.createObjectStore("scans", { keyPath: ["epoch", "seq"] });
  db.createObjectStore("answers", { autoIncrement: true });
  db.createObjectStore("seen", { keyPath: ["list", "code"] });
  db.createObjectStore("lists", { keyPath: "key" });
  db.createObjectStore("frames", { keyPath: "id" });
  db.createObjectStore("loads", { keyPath: ["trip", "code"] });
}

export class Outbox {
  /** @param {any} db @param {string} epoch */
  constructor(db, epoch) {
    this.db = db;
    this.epoch = epoch;
    /** How many wait; kept here so that showing it reads nothing. */
    this.waiting = 0;
    this.lastSeq = 0;
    this.full = false;
    /** Epochs of this browser whose rows are gone: told to the server, so that nobody takes them for complete. */
    /** @type {{epoch: string, last_seq: number}[]} */
    this.lost = [];
  }

  /** @returns {Promise<Outbox>} */
  static async open() {
    const db = await openDB(DATABASE, VERSION, { upgrade });
    const mirrored = readMirror();
    let epoch = await db.get("meta", "epoch");
    const fresh = !epoch;
    if (!epoch) {
      epoch = newEpoch();
      await db.put("meta", epoch, "epoch");
    }
    const outbox = new Outbox(db, epoch);
    outbox.lastSeq = (await db.get("meta", "seq")) ?? 0;
    await outbox.recount();
    outbox.lost = (await db.get("meta", "lost")) ?? [];
    if (mirrored && mirrored.last_seq > 0 && mirrored.epoch !== epoch && fresh) {
      await outbox.lose(mirrored);
    } else if (mirrored && mirrored.epoch === epoch && mirrored.last_seq > outbox.lastSeq) {
      await outbox.lose(mirrored);
      await outbox.restart();
    }
    outbox.mirror();
    return outbox;
  }

  async recount() {
    this.waiting = (await this.db.count("scans")) + (await this.db.count("loads"));
  }

  /** Begin a new installation, since numbers of the present one are spent that we no longer know. */
  async restart() {
    this.epoch = newEpoch();
    this.lastSeq = 0;
    const tx = this.db.transaction("meta", "readwrite", DURABLE);
    await Promise.all([tx.store.put(this.epoch, "epoch"), tx.store.put(0, "seq"), tx.done]);
    this.mirror();
  }

  /** @param {{epoch: string, last_seq: number}} gone */
  async lose(gone) {
    this.lost = [...this.lost.filter((one) => one.epoch !== gone.epoch), gone];
    await this.db.put("meta", this.lost, "lost");
  }

  /** Forget a lost installation once the server knows of it. @param {string} epoch */
  async stated(epoch) {
    this.lost = this.lost.filter((one) => one.epoch !== epoch);
    await this.db.put("meta", this.lost, "lost");
  }

  /** Keep the last number outside the database too, so that its deletion is noticed. */
  mirror() {
    try {
      localStorage.setItem(MIRROR, JSON.stringify({ epoch: this.epoch, last_seq: this.lastSeq }));
    } catch {
      // Without it only the server's own count shows a gap.
    }
  }

  /**
   * Write a scan under its number, with its sighting, in one transaction that is on the disk when this returns.
   * @param {Omit<Row, "seq" | "epoch">} given
   * @param {Sighting | null} sighting
   * @returns {Promise<Row>}
   */
  async add(given, sighting) {
    const row = { ...given, epoch: this.epoch, seq: this.lastSeq + 1 };
    try {
      const tx = this.db.transaction(["meta", "scans", "seen"], "readwrite", DURABLE);
      const wishes = [tx.objectStore("meta").put(row.seq, "seq"), tx.objectStore("scans").add(row)];
      if (sighting) {
        wishes.push(tx.objectStore("seen").put(sighting));
      }
      await Promise.all([...wishes, tx.done]);
    } catch (wrong) {
      this.full = true;
      throw wrong;
    }
    this.full = false;
    this.lastSeq = row.seq;
    this.waiting += 1;
    this.mirror();
    return row;
  }

  /**
   * Give the first rows to be sent together: of one installation, one shift and one frame of time, in order. Rows that
   * were made as another device wait until this browser is that device again: nobody else may say them.
   * @param {number} most @param {string} device
   * @returns {Promise<Row[]>}
   */
  async next(most, device) {
    /** @type {Row[]} */
    const rows = [];
    let cursor = await this.db.transaction("scans").store.openCursor();
    while (cursor && rows.length < most) {
      const row = cursor.value;
      const first = rows[0];
      if (first && (first.epoch !== row.epoch || first.shift !== row.shift || first.frame !== row.frame)) {
        break;
      }
      if (!row.stuck && row.device === device) {
        rows.push(row);
      }
      cursor = await cursor.continue();
    }
    return rows;
  }

  /**
   * Take out the rows that an answer names, and keep what it said of each.
   * @param {Row[]} sent
   * @param {{id: string | null, verdict: string, message: string}[]} results
   * @returns {Promise<Answered[]>}
   */
  async settle(sent, results) {
    const named = new Map(results.map((result) => [result.id, result]));
    /** @type {Answered[]} */
    const answered = [];
    const tx = this.db.transaction(["scans", "answers"], "readwrite", DURABLE);
    for (const row of sent) {
      const result = named.get(row.id);
      if (result) {
        const { code, kind, occurred_at: at } = row.body;
        const told = { epoch: row.epoch, seq: row.seq, code, kind, at, verdict: result.verdict, message: result.message };
        answered.push(told);
        tx.objectStore("scans").delete([row.epoch, row.seq]);
        tx.objectStore("answers").add(told);
      }
    }
    await tx.done;
    this.waiting -= answered.length;
    await this.trim();
    return answered;
  }

  /** Keep what the server cannot read, and let the others pass it. @param {Row} row @param {string} why */
  async stick(row, why) {
    await this.db.put("scans", { ...row, stuck: why });
  }

  async trim() {
    const over = (await this.db.count("answers")) - KEPT_ANSWERS;
    if (over <= 0) {
      return;
    }
    const tx = this.db.transaction("answers", "readwrite");
    let cursor = await tx.store.openCursor();
    for (let left = over; cursor && left > 0; left -= 1) {
      cursor.delete();
      cursor = await cursor.continue();
    }
    await tx.done;
  }

  /** @param {number} most @returns {Promise<Answered[]>} what was answered last, newest first */
  async answers(most) {
    const found = [];
    let cursor = await this.db.transaction("answers").store.openCursor(null, "prev");
    while (cursor && found.length < most) {
      found.push(cursor.value);
      cursor = await cursor.continue();
    }
    return found;
  }

  /** @param {number} most @returns {Promise<Row[]>} what waits, newest first */
  async pending(most) {
    const found = [];
    let cursor = await this.db.transaction("scans").store.openCursor(null, "prev");
    while (cursor && found.length < most) {
      found.push(cursor.value);
      cursor = await cursor.continue();
    }
    return found;
  }

  /** Name the installations of which rows still wait. @returns {Promise<Set<string>>} */
  async epochs() {
    return new Set((await this.db.getAllKeys("scans")).map((/** @type {[string, number]} */ key) => key[0]));
  }

  /** @param {string} name */
  get(name) {
    return this.db.get("meta", name);
  }

  /** @param {string} name @param {unknown} value */
  put(name, value) {
    return this.db.put("meta", value, name);
  }
}

/** @returns {{epoch: string, last_seq: number} | null} */
function readMirror() {
  try {
    return JSON.parse(localStorage.getItem(MIRROR) ?? "null");
  } catch {
    return null;
  }
}
