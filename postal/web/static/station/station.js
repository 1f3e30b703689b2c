// @ts-check
/** The scanning station: puts scanner, work list, outbox and screen together. What it may do alone is in the others. */

import { Bench, isWhole } from "./judge.js";
import { uuid7 } from "./identifiers.js";
import { alone, guardLeaving, install, persist } from "./installation.js";
import { Outbox } from "./outbox.js";
import { alarm, ask, at, listWorks, quiet, show, showRows, showSending, showWork } from "./screen.js";
import { begin, end } from "./shift.js";
import { t, workTitle } from "./texts.js";
import { Time, timeOfDay, written } from "./time.js";
import { Signals } from "./tones.js";
import { Uploads } from "./uploads.js";
import { Wedge } from "./wedge.js";
import { WorkLists, keyOf } from "./worklist.js";

const REFRESH_MS = 120_000;
const NO_WORK = Object.freeze({ work: "", code: null, kind: "", expected: [], elsewhere: [] });
/** Works in which a piece that does not belong there is shown, but no scan of it is made: it would be untrue. */
const ONLY_LISTED = new Set(["deliver", "load"]);

class Station {
  /** @param {Outbox} outbox @param {Time} time */
  constructor(outbox, time) {
    this.outbox = outbox;
    this.time = time;
    this.lists = new WorkLists(outbox, () => time.now());
    this.signals = new Signals(at("verdict"));
    this.bench = new Bench();
    /** @type {any} */
    this.list = NO_WORK;
    this.checkedAt = 0;
    /** @type {Map<string, any>} */
    this.seen = new Map();
    /** @type {{condition?: string, seal?: string, paper?: string, place?: string}} */
    this.next = {};
    /** @type {any} */
    this.shift = null;
    this.sending = "idle";
    this.frame = "";
    /** Scans are handled one after the other, in the order in which they came. */
    this.line = Promise.resolve();
    this.uploads = new Uploads(outbox, time, {
      device: () => this.device,
      shift: () => this.shift?.id ?? null,
      onAnswers: (answered) => this.answered(answered),
      onState: (state) => this.stood(state),
      onMissing: () => this.gap(),
    });
  }

  get working() {
    return this.list !== NO_WORK;
  }

  async start() {
    const told = await this.lists.load();
    this.device = told?.device ?? null;
    this.shift = (await this.outbox.get("shift")) ?? null;
    await this.resume();
    this.listen();
    await this.draw();
    this.uploads.start();
    void this.refresh();
    setInterval(() => this.refresh(), REFRESH_MS);
    addEventListener("online", () => this.refresh());
  }

  listen() {
    const wedge = new Wedge(document, {
      onScan: (raw, how, more) => this.scanned(raw, how, more),
      onTrouble: (kind) => this.say(this.bench.trouble(kind)),
      sure: (raw) => isWhole(raw, this.list),
    });
    wedge.attach();
    at("send").addEventListener("click", () => this.uploads.now());
    at("refresh").addEventListener("click", () => this.refresh());
    at("undo").addEventListener("click", () => this.do(() => this.undo()));
    at("finish").addEventListener("click", () => this.do(() => this.finish()));
    for (const id of ["damaged", "opened", "seal-broken"]) {
      at(id).addEventListener("click", () => this.condition(at(id).dataset.condition ?? ""));
    }
    at("shift-form").addEventListener("submit", (event) => begin(this, event));
    at("close-shift").addEventListener("click", () => end(this));
    at("seal-form").addEventListener("submit", (event) => this.note(event, "seal"));
    at("paper-form").addEventListener("submit", (event) => this.note(event, "paper"));
    const keys = { F2: "undo", F6: "damaged", F7: "opened", F8: "seal-broken", F9: "finish" };
    addEventListener("keydown", (event) => {
      const id = keys[/** @type {keyof typeof keys} */ (event.key)];
      if (id && this.working) {
        event.preventDefault();
        at(id).click();
      }
    });
    addEventListener("pointerdown", () => this.signals.wake());
  }

  /** Queue something behind the scans that are being handled. @param {() => Promise<void>} work */
  do(work) {
    this.line = this.line.then(work).catch((wrong) => this.failed(wrong));
    return this.line;
  }

  /** @param {string} raw @param {string} how @param {any} more */
  scanned(raw, how, more) {
    const when = this.time.now();
    return this.do(async () => {
      const verdict = this.bench.hear(this.list, this.seen, raw, how, more, when);
      await this.act(verdict, when);
    });
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
      this.say(verdict);
    }
  }

  /** Write a scan, then say what it is. @param {import("./judge.js").Verdict} verdict @param {number} when */
  async scan(verdict, when) {
    if (!this.shift || !this.working) {
      this.say(this.shift ? plain("bad", "Hãy chọn việc trước", "Choose the work first") : NO_SHIFT);
      return;
    }
    const code = String(verdict.code);
    if (verdict.tone === "wrong" && ONLY_LISTED.has(this.list.work)) {
      this.say(verdict);
      return;
    }
    const row = this.row({ kind: this.list.kind, code, ...this.details() }, when);
    const sighting = { list: row.list, code, at: when, tone: verdict.tone, id: row.id };
    await this.write(row, sighting);
    this.seen.set(code, sighting);
    const { paper, place } = this.next;
    this.next = { ...(paper ? { paper } : {}), ...(place ? { place } : {}) };
    this.say(verdict);
    await this.draw();
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
      device: String(this.device),
      shift: this.shift.id,
      frame: this.time.frame.id,
      mono: Math.round(this.time.mono()),
      list,
      body: { ...body, occurred_at: written(when) },
    };
  }

  /** @param {any} row @param {any} sighting */
  async write(row, sighting) {
    if (this.frame !== row.frame) {
      await this.outbox.db.put("frames", { ...this.time.frame });
      this.frame = row.frame;
    }
    await this.outbox.add(row, sighting);
    quiet("storage");
    this.uploads.nudge();
  }

  /** Take back the last scan of this work by a row that says so: nothing is ever deleted. */
  async undo() {
    const last = [...this.seen.values()].filter((one) => one.id).sort((a, b) => a.at - b.at).at(-1);
    if (!last || !this.shift) {
      this.say(plain("bad", "Không còn lượt quét để bỏ", "Nothing to take back"));
      return;
    }
    const row = this.row({ kind: "correct", code: last.code, corrects: last.id }, this.time.now());
    await this.write(row, null);
    await this.outbox.db.delete("seen", [last.list, last.code]);
    this.seen.delete(last.code);
    this.say({ ...plain("ok", "Đã bỏ lượt quét cuối", "Last scan taken back"), code: last.code });
    await this.draw();
  }

  /** @param {string} condition */
  condition(condition) {
    this.next.condition = condition;
    const words = { damaged: ["hư hỏng", "damaged"], opened: ["đã bị mở", "opened"], seal_broken: ["niêm phong đứt", "seal broken"] };
    const [vi, en] = words[/** @type {keyof typeof words} */ (condition)] ?? [condition, condition];
    this.say(plain("repeated", `Lượt sau: ${vi}`, `Next one: ${en}`));
  }

  /** @param {Event} event @param {"seal" | "paper"} what */
  note(event, what) {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (at(what));
    this.next[what] = field.value.trim() || undefined;
    this.say(
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
  async choose(work, code) {
    let kept = await this.lists.kept(work, code);
    if (!kept) {
      kept = await this.lists.fetch(work, code).catch(() => undefined);
    }
    if (!kept) {
      this.say({ ...plain("bad", "Chưa tải danh sách này, cần mạng", "This list is not loaded, needs network"), code });
      return;
    }
    await this.use(kept);
    await this.outbox.put("current", { work, code });
    this.say({ ...plain("ok", "Bắt đầu. Hãy quét", "Begin to scan"), code: workTitle(work, code) });
    await this.draw();
  }

  /** @param {any} kept */
  async use(kept) {
    this.list = kept.list;
    this.checkedAt = kept.checked_at;
    this.lists.current = kept.key;
    this.seen = await this.lists.seen(kept.key);
    this.next = {};
  }

  /** Go on with the work that was being done when the page closed. */
  async resume() {
    const current = await this.outbox.get("current");
    const kept = current && (await this.lists.kept(current.work, current.code));
    if (kept) {
      await this.use(kept);
    }
  }

  async finish() {
    const done = this.seen.size;
    this.list = NO_WORK;
    this.lists.current = null;
    this.seen = new Map();
    await this.outbox.put("current", null);
    this.say(plain("ok", `Xong việc. Đã quét ${done} mã`, `Work finished. ${done} codes scanned`));
    await this.draw();
    this.uploads.now();
    void this.refresh();
  }

  async refresh() {
    try {
      const told = await this.lists.refresh();
      this.device = told.device;
      quiet("denied");
      show("enrol-first", false);
      await this.compare(told);
      this.uploads.nudge();
    } catch (wrong) {
      if ([401, 403].includes(/** @type {any} */ (wrong).status)) {
        this.stood("denied");
      }
    }
    await this.draw();
  }

  /** Hold what the server knows of this device against what is here. @param {any} told */
  async compare(told) {
    if (this.shift && told.shift !== this.shift.id) {
      this.shift = null;
      await this.outbox.put("shift", null);
      alarm("shift", t("Ca trên máy này đã kết thúc. Hãy mở ca mới.", "The shift on this device has ended. Begin a new one."), "warn");
    }
    const own = told.epochs.find((/** @type {any} */ one) => one.epoch === this.outbox.epoch);
    if (own && own.last_seq > this.outbox.lastSeq) {
      await this.outbox.restart();
      this.gap();
    }
    const known = new Set([this.outbox.epoch, ...(await this.outbox.pending(1)).map((row) => row.epoch)]);
    const agreed = (await this.outbox.get("gaps")) ?? "";
    const gaps = told.epochs.filter((/** @type {any} */ one) => one.missing.length > 0 && !known.has(one.epoch));
    const named = JSON.stringify(gaps.map((/** @type {any} */ one) => [one.epoch, one.missing]));
    if (gaps.length > 0 && named !== agreed) {
      const count = gaps.flatMap((/** @type {any} */ one) => one.missing).reduce((sum, [a, b]) => sum + b - a + 1, 0);
      this.gap(count, () => void this.outbox.put("gaps", named));
    }
  }

  /** @param {number} [count] @param {() => void} [onSeen] */
  gap(count, onSeen) {
    const many = count ? ` ${count}` : "";
    alarm(
      "gap",
      t(
        `Bộ nhớ của trình duyệt đã bị xoá hoặc quay về bản cũ: thiếu${many} lượt quét chưa từng đến máy chủ. Báo kiểm soát viên và quét lại những bưu gửi đang giữ.`,
        `The browser's storage was cleared or went back to an old copy:${many} scans never reached the server. Tell your supervisor, and scan again what you hold.`,
      ),
      "bad",
      onSeen,
    );
  }

  /** @param {import("./outbox.js").Answered[]} answered */
  answered(answered) {
    const refused = answered.filter((one) => ["refused", "disputed"].includes(one.verdict));
    if (refused.length > 0) {
      const codes = refused.slice(0, 5).map((one) => `${one.code} (${one.message})`);
      alarm("refused", `${t("Máy chủ từ chối", "The server refused")} ${refused.length}: ${codes.join(", ")}`);
    }
    void this.draw();
  }

  /** @param {string} state */
  stood(state) {
    this.sending = state;
    if (state === "denied") {
      show("enrol-first", true);
    }
    showSending(state, this.outbox.waiting);
  }

  /** @param {any} wrong */
  failed(wrong) {
    console.info("station", wrong?.name);
    if (this.outbox.full || wrong?.name === "QuotaExceededError") {
      this.say(plain("bad", "KHÔNG ghi được: bộ nhớ máy đầy", "NOT written: storage is full"));
      alarm(
        "storage",
        t(
          "Máy không ghi thêm được lượt quét. Ngừng quét, kết nối mạng để gửi bớt, rồi giải phóng bộ nhớ.",
          "The device cannot write more scans. Stop scanning, connect to send what waits, then free some storage.",
        ),
      );
      return;
    }
    this.say(plain("bad", "Có lỗi, hãy quét lại mã này", "Something failed, scan this code again"));
  }

  /** @param {any} verdict */
  say(verdict) {
    this.signals.show(verdict);
  }

  async draw() {
    at("device").textContent = this.device ?? "";
    show("begin", !this.shift && this.device !== null);
    show("close-shift", this.shift !== null);
    show("choose", this.shift !== null && !this.working);
    show("working", this.working);
    showSending(this.sending, this.outbox.waiting);
    if (this.working) {
      showWork(this.list, this.seen, this.checkedAt);
    } else {
      listWorks(this.lists.choices, (choice) => this.do(() => this.choose(choice.work, choice.code)));
    }
    const waiting = await this.outbox.pending(12);
    showRows(waiting, waiting.length < 12 ? await this.outbox.answers(12) : []);
  }
}

const NO_SHIFT = plain("bad", "Chưa mở ca, hãy đăng nhập", "No shift yet, sign in");

/** @param {"ok" | "repeated" | "wrong" | "bad"} tone @param {string} vi @param {string} en */
function plain(tone, vi, en) {
  return { tone, code: null, text: { vi, en }, piece: null, effect: { type: "none" } };
}

alone(async () => {
  const outbox = await Outbox.open();
  const time = new Time({ onJump: (ms) => warnOfClock(ms) });
  const station = new Station(outbox, time);
  guardLeaving(outbox);
  install(station);
  await persist(outbox);
  await station.start();
  if (outbox.lost.length > 0) {
    station.gap();
  }
  station.say(station.shift ? plain("repeated", "Sẵn sàng", "Ready") : station.device ? NO_SHIFT : plain("bad", "Máy này chưa đăng ký", "This device is not enrolled"));
  document.documentElement.dataset.station = "ready";
});

/** @param {number} ms */
function warnOfClock(ms) {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  alarm(
    "clock",
    t(
      `Đồng hồ máy vừa thay đổi ${minutes} phút (bây giờ ${timeOfDay(Date.now())}). Hãy xem lại giờ của máy.`,
      `The device's clock changed by ${minutes} minutes (now ${timeOfDay(Date.now())}). Check the time.`,
    ),
    "warn",
  );
}
