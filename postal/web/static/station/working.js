// @ts-check
/** One work at a station: its list, what was seen of it, and what each scan makes. Nothing here waits for the network. */

import { NO_WORK, choose, finish } from "./choosing.js";
import { uuid7 } from "./identifiers.js";
import { Bench } from "./judge.js";
import { keep, takeBack } from "./loads.js";
import { NO_SHIFT, plain } from "./saying.js";
import { at, quiet } from "./screen.js";
import { written } from "./time.js";
import { keyOf } from "./worklist.js";

/** Works in which a piece that does not belong there is shown, but no scan of it is made: it would be untrue. */
const ONLY_LISTED = new Set(["deliver", "load"]);
/** @type {Record<string, [string, string]>} */
const CONDITIONS = {
  damaged: ["hư hỏng", "damaged"],
  opened: ["đã bị mở", "opened"],
  seal_broken: ["niêm phong đứt", "seal broken"],
};

export class Working {
  /** @param {import("./station.js").Station} station */
  constructor(station) {
    this.station = station;
    this.bench = new Bench();
    /** @type {any} */
    this.list = NO_WORK;
    this.checkedAt = 0;
    /** @type {Map<string, any>} */
    this.seen = new Map();
    /** What was said for the next scan, or for all of this work. @type {Record<string, string | undefined>} */
    this.next = {};
    this.frame = "";
  }

  get active() {
    return this.list !== NO_WORK;
  }

  /** @param {string} raw @param {string} how @param {any} more @param {number} when */
  async hear(raw, how, more, when) {
    await this.act(this.bench.hear(this.list, this.seen, raw, how, more, when), when);
  }

  /** A person says that the code which a scanner's text was repaired to is the right one. */
  async confirm() {
    if (this.bench.waiting) {
      const when = this.station.time.now();
      await this.act(this.bench.confirm(this.list, this.seen, when), when);
    }
  }

  /** @param {import("./judge.js").Verdict} verdict @param {number} when */
  async act(verdict, when) {
    const { effect } = verdict;
    if (effect.type === "scan") {
      await this.scan(verdict, when);
    } else if (effect.type === "work") {
      await this.choose(effect.work, effect.code);
    } else if (effect.type === "undo") {
      await this.undo();
    } else if (effect.type === "finish") {
      await this.finish();
    } else if (effect.type === "condition") {
      this.condition(effect.condition);
    } else {
      if (effect.type === "place") {
        this.next.place = effect.code.replace(/^VT\./, "");
      }
      this.station.say(verdict);
    }
  }

  /** Write a scan, then say what it is. @param {import("./judge.js").Verdict} verdict @param {number} when */
  async scan(verdict, when) {
    if (!this.station.shift || !this.active) {
      this.station.say(this.station.shift ? plain("bad", "Hãy chọn việc trước", "Choose the work first") : NO_SHIFT);
      return;
    }
    const code = String(verdict.code);
    if (verdict.tone === "wrong" && ONLY_LISTED.has(this.list.work)) {
      this.station.say(verdict);
      return;
    }
    const row = this.row({ kind: this.list.kind, code, ...this.details() }, when);
    const sighting = { list: row.list, code, at: when, tone: verdict.tone, id: row.id };
    if (this.list.work === "load") {
      await keep(this.station.outbox, sighting, { trip: this.list.code, code, device: row.device });
      this.station.uploads.nudge();
    } else {
      await this.write(row, sighting);
    }
    this.seen.set(code, sighting);
    const { paper, place } = this.next;
    this.next = { ...(paper ? { paper } : {}), ...(place ? { place } : {}) };
    this.station.say(verdict);
    await this.station.draw();
  }

  /** What belongs to each scan of this work, and what was said for this one. */
  details() {
    const { manifest, counterparty, container } = this.list;
    const { condition, seal, paper, place } = this.next;
    return {
      ...(manifest ? { manifest } : {}),
      ...(counterparty && this.list.work === "receive" ? { counterparty } : {}),
      ...(container ? { container } : {}),
      ...(place ? { place } : {}),
      ...(condition ? { condition } : {}),
      ...(seal ? { seal: { number: seal, state: condition === "seal_broken" ? "broken" : "intact" } } : {}),
      ...(paper ? { note: `Biên bản giấy số ${paper}` } : {}),
    };
  }

  /** @param {{kind: string, code: string}} body @param {number} when */
  row(body, when) {
    const id = uuid7(when);
    const list = keyOf(this.list.work, this.list.code);
    return {
      id,
      device: String(this.station.device),
      shift: this.station.shift.id,
      frame: this.station.time.frame.id,
      mono: Math.round(this.station.time.mono()),
      list,
      body: { ...body, occurred_at: written(when) },
    };
  }

  /** @param {any} row @param {any} sighting */
  async write(row, sighting) {
    if (this.frame !== row.frame) {
      await this.station.outbox.db.put("frames", { ...this.station.time.frame });
      this.frame = row.frame;
    }
    await this.station.outbox.add(row, sighting);
    quiet("storage");
    this.station.uploads.nudge();
  }

  /** Take back the last scan of this work by a row that says so: nothing is ever deleted. */
  async undo() {
    const last = [...this.seen.values()].filter((one) => one.id).sort((a, b) => a.at - b.at).at(-1);
    if (!last || !this.station.shift) {
      this.station.say(plain("bad", "Không còn lượt quét để bỏ", "Nothing to take back"));
      return;
    }
    if (this.list.work !== "load") {
      const row = this.row({ kind: "correct", code: last.code, corrects: last.id }, this.station.time.now());
      await this.write(row, null);
    } else if (!(await takeBack(this.station.outbox, this.list.code, last.code))) {
      this.station.say(plain("bad", "Đã lên chuyến, dỡ ở trang chuyến thư", "Aboard; unload on the trip's page"));
      return;
    }
    await this.station.outbox.db.delete("seen", [last.list, last.code]);
    this.seen.delete(last.code);
    this.station.say({ ...plain("ok", "Đã bỏ lượt quét cuối", "Last scan taken back"), code: last.code });
    await this.station.draw();
  }

  /** @param {string} condition */
  condition(condition) {
    this.next.condition = condition;
    const [vi, en] = CONDITIONS[condition] ?? [condition, condition];
    this.station.say(plain("repeated", `Lượt sau: ${vi}`, `Next one: ${en}`));
  }

  /** @param {Event} event @param {"seal" | "paper"} what */
  note(event, what) {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (at(what));
    this.next[what] = field.value.trim() || undefined;
    this.station.say(
      what === "seal"
        ? plain("repeated", "Lượt sau: có số niêm phong", "Next one: with the seal's number")
        : plain("repeated", "Đã ghi số biên bản giấy", "Number of the paper noted"),
    );
    if (what === "seal") {
      field.value = "";
    }
    field.blur();
  }

  /** @param {string} work @param {string | null} code */
  choose(work, code) {
    return choose(this, work, code);
  }

  finish() {
    return finish(this);
  }
}
