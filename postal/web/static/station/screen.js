// @ts-check
/** What the station shows; it decides nothing. */

import { counts, missing } from "./judge.js";
import { VERDICTS, WORKS, t, workTitle } from "./texts.js";
import { timeOfDay } from "./time.js";

const MISSING_SHOWN = 200;
const ROWS_SHOWN = 12;
const TITLE = document.title;

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
export function at(id) {
  return /** @type {T} */ (document.getElementById(id));
}

/** @param {string} id @param {boolean} wanted */
export function show(id, wanted) {
  at(id).hidden = !wanted;
}

/** @param {string} tag @param {string} text @param {string} [kind] */
function element(tag, text, kind) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) {
    made.className = kind;
  }
  return made;
}

/**
 * Tell loudly; one of each name.
 * @param {string} name @param {string} text @param {"bad" | "warn" | "good"} [tone] @param {() => void} [onSeen]
 */
export function alarm(name, text, tone = "bad", onSeen) {
  quiet(name);
  const note = element("p", `${text} `, `notice ${tone}`);
  note.dataset.alarm = name;
  const button = /** @type {HTMLButtonElement} */ (element("button", t("Đã rõ", "Understood"), "plain"));
  button.type = "button";
  button.addEventListener("click", () => {
    note.remove();
    onSeen?.();
  });
  note.append(button);
  at("alarms").append(note);
}

/** @param {string} name */
export function quiet(name) {
  document.querySelector(`[data-alarm="${name}"]`)?.remove();
}

/** @param {import("./worklist.js").Choice[]} choices @param {(choice: import("./worklist.js").Choice) => void} onChosen */
export function listWorks(choices, onChosen) {
  const tiles = choices.map((choice) => {
    const [vi, en] = WORKS[choice.work] ?? [choice.work, choice.work];
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tile";
    button.dataset.work = choice.work;
    button.dataset.code = choice.code ?? "";
    button.append(element("strong", String(choice.count), "number"), document.createTextNode(` ${t(vi, en)} `));
    button.append(element("span", [choice.code, choice.counterparty].filter(Boolean).join(" · "), "code small"));
    button.addEventListener("click", () => onChosen(choice));
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  at("work-list").replaceChildren(...tiles);
}

/** @param {any} list @param {Map<string, any>} seen @param {number} checkedAt */
export function showWork(list, seen, checkedAt) {
  at("work-title").textContent = workTitle(list.work, list.code);
  at("loaded-at").textContent = t(
    `Danh sách tải lúc ${timeOfDay(checkedAt)}`,
    `List loaded at ${timeOfDay(checkedAt)}`,
  );
  const sums = counts(list, seen);
  at("expected").textContent = String(sums.expected);
  at("seen").textContent = String(sums.seen + sums.within);
  at("missing").textContent = String(sums.missing);
  at("extra").textContent = String(sums.extra);
  const left = missing(list, seen);
  const items = left
    .slice(0, MISSING_SHOWN)
    .map((piece) => element("li", piece.container ? `${piece.code} (${piece.container})` : piece.code, "code"));
  if (left.length > MISSING_SHOWN) {
    items.push(element("li", t(`và ${left.length - MISSING_SHOWN} mã nữa`, `and ${left.length - MISSING_SHOWN} more`)));
  }
  at("missing-list").replaceChildren(...items);
}

/**
 * @param {import("./outbox.js").Row[]} waiting @param {import("./outbox.js").Answered[]} answered
 */
export function showRows(waiting, answered) {
  const rows = [
    ...waiting.map((row) => line(row.body.occurred_at, row.body.code, row.stuck ? "stuck" : "waiting", "")),
    ...answered.map((one) => line(one.at, one.code, one.verdict, one.message)),
  ];
  at("rows").replaceChildren(...rows.slice(0, ROWS_SHOWN));
}

/** @param {string} when @param {string} code @param {string} verdict @param {string} message */
function line(when, code, verdict, message) {
  const row = document.createElement("tr");
  const [vi, en] = VERDICTS[verdict] ?? [verdict, verdict];
  const good = ["accepted", "repeated"].includes(verdict);
  const tag = element("span", t(vi, en), `tag ${good ? "good" : verdict === "waiting" ? "" : "bad"}`);
  const state = cell(t("Tình trạng", "State"));
  state.append(tag);
  if (message && !good) {
    state.append(` ${message}`);
  }
  const [moment, named] = [cell(t("Lúc", "At")), cell(t("Mã", "Code"))];
  moment.textContent = when.slice(11, 19);
  named.append(element("span", code, "code"));
  row.append(moment, named, state);
  row.dataset.verdict = verdict;
  return row;
}

/** @param {string} label what the column is called, where a narrow screen shows no columns */
function cell(label) {
  const made = document.createElement("td");
  made.dataset.label = label;
  return made;
}

/** Say how things stand while nothing was scanned. @param {{vi: string, en: string}} text */
export function rest(text) {
  at("verdict-text").textContent = t(text.vi, text.en);
  at("verdict-code").textContent = "";
}

/** @param {string} state @param {number} waiting */
export function showSending(state, waiting) {
  at("unsent").textContent = String(waiting);
  /** @type {Record<string, [string, string]>} */
  const words = {
    starting: ["Đang kết nối…", "Connecting…"],
    idle: ["Có mạng", "Online"],
    sending: ["Đang gửi…", "Sending…"],
    offline: ["Mất mạng, vẫn quét được", "No network, go on scanning"],
    denied: ["Máy chủ không nhận máy này", "The server does not accept this device"],
    stuck: ["Có lượt quét chưa gửi được, báo kiểm soát viên", "Some scans cannot be sent, tell your supervisor"],
  };
  at("net").textContent = t(...(words[state] ?? words.idle));
  document.title = waiting > 0 ? `(${waiting}) ${TITLE}` : TITLE;
}

/**
 * Ask before something that should not happen by accident.
 * @param {string} title @param {string} text @param {string} yes
 * @returns {Promise<boolean>}
 */
export function ask(title, text, yes) {
  const dialog = at("asking");
  at("asking-title").textContent = title;
  at("asking-text").textContent = text;
  at("asking-no").textContent = t("Không, quay lại", "No, go back");
  at("asking-yes").textContent = yes;
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(/** @type {any} */ (dialog).returnValue === "yes"), { once: true });
    /** @type {any} */ (dialog).returnValue = "no";
    /** @type {any} */ (dialog).showModal();
  });
}
