// @ts-check
/** What the server knows of this device, held against what is in the browser: numbers that are gone are told. */

import { alarm } from "./screen.js";
import { t } from "./texts.js";

/**
 * @param {import("./station.js").Station} station
 * @param {{shift: string | null, epochs: {epoch: string, last_seq: number, missing: number[][]}[]}} told
 * @param {{id: string} | null} asked the shift when this was asked; one that began since is not known there
 */
export async function compare(station, told, asked) {
  const { outbox } = station;
  if (station.shift && station.shift === asked && told.shift !== station.shift.id) {
    station.shift = null;
    await outbox.put("shift", null);
    const ended = t(
      "Ca trên máy này đã kết thúc. Hãy mở ca mới.",
      "The shift on this device has ended. Begin a new one.",
    );
    alarm("shift", ended, "warn");
  }
  const own = told.epochs.find((one) => one.epoch === outbox.epoch);
  if (own && own.last_seq > outbox.lastSeq) {
    // The browser went back to an old copy: its next numbers are spent already.
    await outbox.restart();
    tellGap();
  }
  const waiting = new Set([outbox.epoch, ...(await outbox.epochs())]);
  const gaps = told.epochs.filter((one) => one.missing.length > 0 && !waiting.has(one.epoch));
  const named = JSON.stringify(gaps.map((one) => [one.epoch, one.missing]));
  if (gaps.length > 0 && named !== (await outbox.get("gaps"))) {
    const count = gaps.flatMap((one) => one.missing).reduce((sum, [first, last]) => sum + last - first + 1, 0);
    tellGap(count, () => void outbox.put("gaps", named));
  }
}

/** @param {number} [count] how many, if it is known @param {() => void} [onSeen] */
export function tellGap(count, onSeen) {
  const many = count ? ` ${count}` : "";
  const text = t(
    `Bộ nhớ của trình duyệt đã bị xoá hoặc quay về bản cũ: thiếu${many} lượt quét chưa từng đến máy chủ. ` +
      "Báo kiểm soát viên và quét lại những bưu gửi đang giữ.",
    `The browser's storage was cleared or went back to an old copy:${many} scans never reached the server. ` +
      "Tell your supervisor, and scan again what you hold.",
  );
  alarm("gap", text, "bad", onSeen);
}
