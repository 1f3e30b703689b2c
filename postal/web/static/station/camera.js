// @ts-check
/**
 * Reads QR and Code 128 from a camera: a quick look at each frame, a thorough one at every third.
 *
 * What it reads goes the way of every scan: the station hears `station:scan`. The reader comes from this server.
 */
import { t } from "./texts.js";

const FORMATS = ["QRCode", "Code128"];
const THOROUGH_EVERY = 3;
/** A code that stays in view is one scan; it counts anew when it was away this long. */
export const AWAY_MS = 1500;
const WIDEST = 1280;

export class Camera {
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {Map<string, number>} when each code was last in view */
  #seen = new Map();
  #frames = 0;
  #wanted = false;

  /**
   * @param {HTMLVideoElement} video
   * @param {{wasm: string, onScan: (raw: string) => void, onState: (state: string) => void, onSeveral?: () => void}} options
   */
  constructor(video, options) {
    this.video = video;
    this.options = options;
    this.canvas = document.createElement("canvas");
    this.reader = /** @type {any} */ (globalThis).ZXingWASM;
    this.reader.prepareZXingModule({ overrides: { locateFile: () => options.wasm } });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#release() : this.#resume()));
    addEventListener("pagehide", () => this.#release());
  }

  async start() {
    this.#wanted = true;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: WIDEST } },
        audio: false,
      });
    } catch (refused) {
      this.#wanted = false;
      this.options.onState(/** @type {Error} */ (refused).name);
      return;
    }
    this.video.srcObject = this.#stream;
    await this.video.play();
    this.options.onState("running");
    void this.#look(this.#stream);
  }

  stop() {
    this.#wanted = false;
    this.#release();
    this.options.onState("stopped");
  }

  /** @returns {boolean} whether there is a light to turn on */
  get hasTorch() {
    return Boolean(/** @type {any} */ (this.#track()?.getCapabilities?.())?.torch);
  }

  /** @param {boolean} on */
  async torch(on) {
    await this.#track()?.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: on }] }));
  }

  #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  #release() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.video.srcObject = null;
  }

  #resume() {
    if (this.#wanted && !this.#stream) {
      void this.start();
    }
  }

  /** @param {MediaStream} stream */
  async #look(stream) {
    while (this.#stream === stream) {
      await new Promise((next) => {
        // A frame may never come again (camera unplugged), and then this loop simply rests.
        this.video.requestVideoFrameCallback ? this.video.requestVideoFrameCallback(next) : setTimeout(next, 66);
      });
      if (this.#stream === stream && this.video.videoWidth > 0) {
        await this.#read();
      }
    }
  }

  async #read() {
    const scale = Math.min(1, WIDEST / this.video.videoWidth);
    this.canvas.width = Math.round(this.video.videoWidth * scale);
    this.canvas.height = Math.round(this.video.videoHeight * scale);
    const drawing = this.canvas.getContext("2d", { willReadFrequently: true });
    drawing?.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const image = drawing?.getImageData(0, 0, this.canvas.width, this.canvas.height);
    this.#frames += 1;
    const found = await this.reader.readBarcodes(image, {
      formats: FORMATS,
      tryHarder: this.#frames % THOROUGH_EVERY === 0,
      tryInvert: false,
      textMode: "Plain",
      maxNumberOfSymbols: 4,
    });
    this.#heard([...new Set(found.filter((/** @type {any} */ each) => each.isValid).map((/** @type {any} */ each) => each.text))]);
  }

  /** @param {string[]} texts */
  #heard(texts) {
    const now = performance.now();
    if (texts.length > 1) {
      this.options.onSeveral?.();
    }
    for (const text of texts) {
      const before = this.#seen.get(text) ?? -Infinity;
      this.#seen.set(text, now);
      if (texts.length === 1 && now - before > AWAY_MS) {
        this.options.onScan(text);
      }
    }
  }
}

/** @type {Record<string, [string, string]>} */
const STATES = {
  running: ["Đưa mã vào khung hình.", "Hold a code into the picture."],
  stopped: ["Máy ảnh đã tắt.", "The camera is off."],
  several: ["Có nhiều mã trong khung hình: đưa máy lại gần một mã.", "Several codes are in the picture: go closer to one."],
  NotAllowedError: [
    "Chưa được phép dùng máy ảnh. Mở phần quyền của trang trong trình duyệt, cho phép máy ảnh rồi bấm lại.",
    "The camera is not allowed. Open the page's permissions in the browser, allow the camera and press again.",
  ],
  NotFoundError: ["Máy này không có máy ảnh; hãy dùng máy quét.", "There is no camera; use a scanner."],
  NotReadableError: [
    "Chương trình khác đang dùng máy ảnh; hãy đóng chương trình đó rồi bấm lại.",
    "Another program uses the camera; close it and press again.",
  ],
};

/** @param {HTMLElement} box */
function install(box) {
  const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const say = (/** @type {string} */ state) => {
    at("camera-state").textContent = t(...(STATES[state] ?? STATES.NotReadableError));
  };
  if (!navigator.mediaDevices?.getUserMedia) {
    say("NotFoundError");
    return;
  }
  let lit = false;
  const camera = new Camera(/** @type {HTMLVideoElement} */ (at("camera-video")), {
    wasm: String(box.dataset.wasm),
    onScan: (raw) => {
      const detail = { raw, how: "camera", more: {} };
      document.dispatchEvent(new CustomEvent("station:scan", { detail }));
    },
    onSeveral: () => say("several"),
    onState: (state) => {
      const running = state === "running";
      at("camera-video").hidden = !running;
      at("camera-start").hidden = running;
      at("camera-stop").hidden = !running;
      at("camera-torch").hidden = !running || !camera.hasTorch;
      say(state);
    },
  });
  at("camera-start").addEventListener("click", () => camera.start());
  at("camera-stop").addEventListener("click", () => camera.stop());
  at("camera-torch").addEventListener("click", () => {
    lit = !lit;
    at("camera-torch").setAttribute("aria-pressed", String(lit));
    void camera.torch(lit);
  });
}

const box = document.getElementById("camera");
if (box) {
  install(box);
}
