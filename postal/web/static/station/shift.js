// @ts-check
/** Beginning and ending a shift: the server knows whose it is, the browser keeps its id alone. */

import { ask, at, show } from "./screen.js";
import { t } from "./texts.js";

/** @param {any} station @param {Event} event */
export async function begin(station, event) {
  event.preventDefault();
  const login = /** @type {HTMLInputElement} */ (at("login"));
  const password = /** @type {HTMLInputElement} */ (at("password"));
  const answer = await send("/scan/shift", { login: login.value, password: password.value });
  password.value = "";
  if (!answer) {
    station.say(bad("Mở ca cần mạng, hãy thử lại", "A shift needs the network, try again"));
  } else if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    station.say(bad(String(told.title ?? answer.status), String(told.title ?? answer.status)));
    if (answer.status === 401 && told.code !== "identity.sign_in_failed") {
      station.stood("denied");
    }
  } else {
    const begun = await answer.json();
    login.value = "";
    station.shift = { id: begun.shift, opened_at: begun.opened_at };
    await station.outbox.put("shift", station.shift);
    station.say({ ...bad("Đã mở ca. Chọn việc", "Shift begun. Choose the work"), tone: "ok" });
    await station.refresh();
    show("begin", false);
  }
}

/** @param {any} station */
export async function end(station) {
  const waiting = station.outbox.waiting;
  const text =
    waiting > 0
      ? t(
          `Còn ${waiting} lượt quét chưa gửi. Chúng vẫn nằm trên máy này và tự gửi khi có mạng; đừng xoá dữ liệu trình duyệt.`,
          `${waiting} scans are not sent yet. They stay on this device and go up when there is network; do not clear the browser's data.`,
        )
      : t("Mọi lượt quét đã gửi. Người sau cần đăng nhập để mở ca mới.", "Every scan is sent. The next person signs in to begin.");
  if (!(await ask(t("Kết thúc ca?", "End the shift?"), text, t("Kết thúc ca", "End the shift")))) {
    return;
  }
  const answer = await send("/scan/shift/end", {});
  if (!answer?.ok && answer?.status !== 401) {
    station.say(bad("Kết thúc ca cần mạng, hãy thử lại", "Ending needs the network, try again"));
    return;
  }
  station.shift = null;
  await station.outbox.put("shift", null);
  await station.do(() => station.work.finish());
}

/** @param {string} address @param {object} body */
async function send(address, body) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  try {
    return await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  } catch {
    return null;
  }
}

/** @param {string} vi @param {string} en */
function bad(vi, en) {
  return { tone: "bad", code: null, text: { vi, en }, piece: null, effect: { type: "none" } };
}
