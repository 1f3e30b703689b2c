// @ts-check
/** Beginning and finishing a work: from the newest list that can be had at once, and never waiting for a slow network. */

import { plain } from "./saying.js";
import { workTitle } from "./texts.js";

/** @typedef {import("./working.js").Working} Working */
/** @typedef {import("./worklist.js").Kept} Kept */

export const NO_WORK = Object.freeze({ work: "", code: null, kind: "", expected: [], elsewhere: [] });
const FRESH_WITHIN_MS = 400;
const FIRST_WITHIN_MS = 3000;
const REACHED = ["idle", "sending"];

/** @param {Working} working @param {string} work @param {string | null} code */
export async function choose(working, work, code) {
  const { station } = working;
  let kept = await station.lists.kept(work, code);
  if (!kept || REACHED.includes(station.sending)) {
    // What was just received may be asked for now; but scans come behind this, and none waits for a slow network.
    const found = fresh(working, work, code);
    const patience = kept ? FRESH_WITHIN_MS : FIRST_WITHIN_MS;
    kept = (await Promise.race([found, new Promise((go) => setTimeout(go, patience))])) ?? kept;
    void found.then(() => station.do(() => follow(working)));
  }
  if (!kept) {
    station.say({ ...plain("bad", "Chưa tải danh sách này, cần mạng", "This list is not loaded, needs network"), code });
    return;
  }
  await use(working, kept);
  await station.outbox.put("current", { work, code });
  station.say({ ...plain("ok", "Bắt đầu. Hãy quét", "Begin to scan"), code: workTitle(work, code) });
  await station.draw();
}

/**
 * Fetch a list as it is once the server has what we scanned.
 * @param {Working} working @param {string} work @param {string | null} code
 */
async function fresh({ station }, work, code) {
  await station.uploads.ended;
  return station.lists.fetch(work, code).catch(() => undefined);
}

/** @param {Working} working @param {Kept} kept */
async function use(working, kept) {
  working.list = kept.list;
  working.checkedAt = kept.checked_at;
  working.station.lists.current = kept.key;
  working.seen = await working.station.lists.seen(kept);
  working.next = {};
}

/** Take over what has come to the list that is being worked on; nothing that it held goes. @param {Working} working */
export async function follow(working) {
  const kept = working.active && (await working.station.lists.kept(working.list.work, working.list.code));
  if (kept) {
    working.list = kept.list;
    working.checkedAt = kept.checked_at;
    await working.station.draw();
  }
}

/** Go on with the work that was being done when the page closed. @param {Working} working */
export async function resume(working) {
  const { outbox, lists } = working.station;
  const current = await outbox.get("current");
  const kept = current && (await lists.kept(current.work, current.code));
  if (kept) {
    await use(working, kept);
  }
}

/** @param {Working} working */
export async function finish(working) {
  const { station } = working;
  const done = working.seen.size;
  await station.lists.finished();
  working.list = NO_WORK;
  working.seen = new Map();
  await station.outbox.put("current", null);
  station.say(plain("ok", `Xong việc. Đã quét ${done} mã`, `Work finished. ${done} codes scanned`));
  await station.draw();
  station.uploads.now();
  void station.refresh();
}
