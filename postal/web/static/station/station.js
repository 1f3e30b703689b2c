// @ts-check
/** The scanning station: puts scanner, work, outbox and screen together. What each of them may do alone is in its file. */

import { follow, resume } from "./choosing.js";
import { compare, tellGap } from "./comparing.js";
import { alone, guardLeaving, install, persist } from "./installation.js";
import { WAITS_MS, isWhole } from "./judge.js";
import { Outbox } from "./outbox.js";
import { alarm, at, listWorks, quiet, rest, show, showRows, showSending, showWork } from "./screen.js";
import { NO_SHIFT, plain } from "./saying.js";
import { begin, end } from "./shift.js";
import { t } from "./texts.js";
import { Time, timeOfDay } from "./time.js";
import { Signals } from "./tones.js";
import { Uploads } from "./uploads.js";
import { Wedge } from "./wedge.js";
import { Working } from "./working.js";
import { WorkLists } from "./worklist.js";

const REFRESH_MS = 120_000;
const CATCH_UP_MS = 1000;
const ROWS = 12;
/** @type {Record<string, string>} */
const KEYS = { F2: "undo", F4: "confirm", F6: "damaged", F7: "opened", F8: "seal-broken", F9: "finish" };
const DENIED = [401, 403];

export class Station {
  /** @param {Outbox} outbox @param {Time} time */
  constructor(outbox, time) {
    this.outbox = outbox;
    this.time = time;
    this.lists = new WorkLists(outbox, () => time.now());
    this.signals = new Signals(at("verdict"));
    this.work = new Working(this);
    /** @type {string | null} */
    this.device = null;
    /** @type {{id: string, opened_at: string} | null} */
    this.shift = null;
    this.sending = "starting";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.catching = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.offering = undefined;
    /** Scans are handled one after the other, in the order in which they came. */
    this.line = Promise.resolve();
    this.uploads = new Uploads(outbox, time, {
      device: () => this.device,
      shift: () => this.shift?.id ?? null,
      onAnswers: (answered) => this.answered(answered),
      onState: (state) => this.stood(state),
      onMissing: () => tellGap(),
      onRefused: (refused) => this.refused(refused),
    });
  }

  get working() {
    return this.work.active;
  }

  async start() {
    this.device = (await this.lists.load())?.device ?? null;
    this.shift = (await this.outbox.get("shift")) ?? null;
    await resume(this.work);
    this.listen();
    await this.draw();
    this.uploads.start();
    await Promise.race([this.refresh(), new Promise((go) => setTimeout(go, 1500))]);
    setInterval(() => this.refresh(), REFRESH_MS);
    addEventListener("online", () => this.refresh());
  }

  listen() {
    const wedge = new Wedge(document, {
      onScan: (raw, how, more) => this.scanned(raw, how, more),
      onTrouble: (kind) => this.say(this.work.bench.trouble(kind)),
      sure: (raw) => isWhole(raw, this.work.list),
    });
    wedge.attach();
    // The camera, where there is one, speaks as the wedge does.
    document.addEventListener("station:scan", (event) => {
      const { raw, how, more } = /** @type {CustomEvent} */ (event).detail;
      void this.scanned(raw, how, more);
    });
    at("send").addEventListener("click", () => this.uploads.now());
    at("refresh").addEventListener("click", () => this.refresh());
    at("confirm").addEventListener("click", () => this.do(() => this.work.confirm()));
    at("undo").addEventListener("click", () => this.do(() => this.work.undo()));
    at("finish").addEventListener("click", () => this.do(() => this.work.finish()));
    for (const id of ["damaged", "opened", "seal-broken"]) {
      at(id).addEventListener("click", () => this.work.condition(at(id).dataset.condition ?? ""));
    }
    at("shift-form").addEventListener("submit", (event) => begin(this, event));
    at("close-shift").addEventListener("click", () => end(this));
    at("seal-form").addEventListener("submit", (event) => this.work.note(event, "seal"));
    at("paper-form").addEventListener("submit", (event) => this.work.note(event, "paper"));
    addEventListener("keydown", (event) => {
      const id = KEYS[event.key];
      if (id && this.working && !at(id).hidden && !event.altKey) {
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
    return this.do(() => this.work.hear(raw, how, more, when));
  }

  async refresh() {
    try {
      const [shift, told] = [this.shift, await this.lists.refresh()];
      this.device = told.device;
      if (["starting", "denied"].includes(this.sending)) {
        this.stood("idle");
      }
      show("enrol-first", false);
      await compare(this, told, shift);
      void this.do(() => follow(this.work));
      this.uploads.nudge();
    } catch (wrong) {
      if (DENIED.includes(/** @type {any} */ (wrong).status)) {
        this.stood("denied");
      }
    }
    await this.draw();
  }

  /** @param {{code: string, message: string}[]} refused */
  refused(refused) {
    const codes = refused.slice(0, 5).map((one) => `${one.code} (${one.message})`);
    alarm("refused", `${t("Máy chủ từ chối", "The server refused")} ${refused.length}: ${codes.join(", ")}`);
  }

  /** @param {import("./outbox.js").Answered[]} answered */
  answered(answered) {
    const refused = answered.filter((one) => ["refused", "disputed"].includes(one.verdict));
    if (refused.length > 0) {
      this.refused(refused);
    }
    if (answered.length > 0 && this.outbox.waiting === 0) {
      clearTimeout(this.catching);
      this.catching = setTimeout(() => this.catchUp(), CATCH_UP_MS);
    }
    void this.draw();
  }

  /** Learn what the server made of what was sent. */
  async catchUp() {
    await this.lists.catchUp().catch(() => {});
    await this.do(() => follow(this.work));
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
    this.offer(verdict.effect.type === "confirm" ? this.work.bench.waiting : null);
  }

  /** Offer to confirm a repaired code by a press, for as long as it waits. @param {string | null} code */
  offer(code) {
    clearTimeout(this.offering);
    at("confirm-code").textContent = code ?? "";
    show("confirm", code !== null);
    if (code) {
      this.offering = setTimeout(() => this.offer(null), WAITS_MS);
    }
  }

  async draw() {
    at("device").textContent = this.device ?? "";
    show("begin", !this.shift && this.device !== null);
    show("close-shift", this.shift !== null);
    show("choose", this.shift !== null && !this.working);
    show("working", this.working);
    showSending(this.sending, this.outbox.waiting);
    if (this.working) {
      showWork(this.work.list, this.work.seen, this.work.checkedAt);
    } else {
      listWorks(this.lists.choices, (choice) => this.do(() => this.work.choose(choice.work, choice.code)));
    }
    const waiting = await this.outbox.pending(ROWS);
    showRows(waiting, waiting.length < ROWS ? await this.outbox.answers(ROWS) : []);
  }
}

const CHOOSE = plain("ok", "Hãy chọn việc", "Choose the work");

alone(async () => {
  const outbox = await Outbox.open();
  const time = new Time({ onJump: (ms) => warnOfClock(ms) });
  const station = new Station(outbox, time);
  guardLeaving(outbox);
  install(station);
  await persist(outbox);
  await station.start();
  if (outbox.lost.length > 0) {
    tellGap();
  }
  const unknown = plain("bad", "Máy này chưa đăng ký", "This device is not enrolled");
  const standing = station.working ? plain("ok", "Hãy quét tiếp", "Go on scanning") : CHOOSE;
  rest((station.shift ? standing : station.device ? NO_SHIFT : unknown).text);
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
