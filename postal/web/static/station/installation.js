// @ts-check
/** The station as an installed program: one tab at a time, kept storage, updates that lose nothing, leaving with care. */

import { alarm, at } from "./screen.js";
import { t } from "./texts.js";

const LOCK = "postal-station";
const LOOK_MS = 1000;
const VERSION_TRIED = "station-version-tried";

/**
 * Run the station in one tab only; another one says so, and takes over when the first closes.
 * @param {() => Promise<void>} run
 */
export function alone(run) {
  void navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock) {
      await run();
      await new Promise(() => {});
    }
    at("verdict-text").textContent = t("Trạm quét đang mở ở thẻ khác", "The station is open in another tab");
    alarm(
      "alone",
      t(
        "Mỗi lúc chỉ một thẻ được quét, để số thứ tự lượt quét không lẫn. Hãy dùng thẻ kia, hoặc đóng nó lại.",
        "Only one tab scans at a time, so that scans keep their numbers. Use the other one, or close it.",
      ),
      "warn",
    );
    document.documentElement.dataset.station = "second";
    void navigator.locks.request(LOCK, async () => location.reload());
  });
}

/** @param {import("./outbox.js").Outbox} outbox */
export function guardLeaving(outbox) {
  addEventListener("beforeunload", (event) => {
    if (outbox.waiting > 0) {
      event.preventDefault();
    }
  });
}

/** Ask the browser to keep our storage; where it does not promise, tell once what helps. @param {import("./outbox.js").Outbox} outbox */
export async function persist(outbox) {
  const kept = (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.());
  if (!kept && !(await outbox.get("warned"))) {
    alarm(
      "persist",
      t(
        "Trình duyệt có thể tự xoá dữ liệu khi máy thiếu chỗ. Hãy cài trạm quét vào màn hình chính của máy.",
        "The browser may clear data when space runs short. Install the station to the device's home screen.",
      ),
      "warn",
      () => void outbox.put("warned", true),
    );
  }
}

/**
 * Keep the program in the browser, and change to a new one when it starts or when nothing waits and nobody works.
 * @param {{outbox: import("./outbox.js").Outbox, working: boolean}} station
 */
export function install(station) {
  const workers = navigator.serviceWorker;
  if (!workers) {
    return;
  }
  let starting = true;
  const had = workers.controller !== null;
  const renew = (/** @type {ServiceWorkerRegistration} */ found) => {
    const typing = document.activeElement instanceof HTMLInputElement;
    const idle = station.outbox.waiting === 0 && !station.working && !typing;
    if (found.waiting && had && (starting || idle)) {
      workers.addEventListener("controllerchange", () => location.reload(), { once: true });
      found.waiting.postMessage("take over");
    } else if (starting || idle) {
      void agree(workers.controller);
    }
    starting = false;
  };
  void workers
    .register("/scan/sw.js", { scope: "/scan", updateViaCache: "none" })
    .then((found) => {
      renew(found);
      void keepCamera();
      addEventListener("online", () => void keepCamera());
      setInterval(() => renew(found), LOOK_MS);
      setInterval(() => void found.update().catch(() => {}), 3_600_000);
    })
    .catch(() => {
      // Without network the program that is kept goes on; without support it needs the network to start.
    });
}

/**
 * Start again, once, where another version answers than gave this page: a browser may let it take over by itself.
 * @param {ServiceWorker | null} controller
 */
async function agree(controller) {
  const own = document.querySelector("meta[name='station-version']")?.getAttribute("content");
  const channel = new MessageChannel();
  controller?.postMessage("version", [channel.port2]);
  const answered = await new Promise((answer) => {
    channel.port1.onmessage = (event) => answer(event.data);
  });
  if (answered !== own && sessionStorage.getItem(VERSION_TRIED) !== answered) {
    sessionStorage.setItem(VERSION_TRIED, answered);
    location.reload();
  }
}

/** Let the camera's large reader be kept as well, once the station runs: where there is a camera, and nowhere else. */
async function keepCamera() {
  const kinds = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  if (document.getElementById("camera") || kinds.some((one) => one.kind === "videoinput")) {
    (await navigator.serviceWorker.ready).active?.postMessage("keep the camera");
  }
}
