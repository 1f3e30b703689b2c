// @ts-check
/** How a verdict reaches a person who does not look: sound, vibration, and the whole width of the screen. */

/** @typedef {{wave: OscillatorType, notes: [number, number, number][], buzz: number[]}} Signal notes are Hz, start, length in ms */

/** Four melodies that differ in pitch, number and rhythm, so that no ear mistakes one for another. */
/** @type {Record<string, Signal>} */
export const SIGNALS = {
  ok: { wave: "sine", notes: [[1320, 0, 90]], buzz: [60] },
  repeated: { wave: "sine", notes: [[880, 0, 70], [880, 120, 70]], buzz: [40, 60, 40] },
  wrong: { wave: "triangle", notes: [[660, 0, 140], [990, 160, 140], [660, 320, 140]], buzz: [150, 80, 150, 80, 150] },
  bad: { wave: "square", notes: [[180, 0, 500]], buzz: [600] },
};
const MUTED = "station.muted";
const LOUDNESS = 0.25;

export class Signals {
  /** @type {AudioContext | null} */
  #audio = null;

  /**
   * @param {HTMLElement} panel holds a paragraph for the text and one `.code`
   * @param {{lang?: string, muted?: boolean}} [options]
   */
  constructor(panel, options = {}) {
    this.panel = panel;
    this.lang = options.lang ?? (document.documentElement.lang === "en" ? "en" : "vi");
    this.quiet = options.muted ?? remembered();
    panel.setAttribute("role", "status");
    panel.setAttribute("aria-atomic", "true");
  }

  get muted() {
    return this.quiet;
  }

  set muted(value) {
    this.quiet = value;
    try {
      localStorage.setItem(MUTED, value ? "1" : "");
    } catch {
      // a browser that keeps nothing is muted anew each time
    }
  }

  /** Make sound possible: browsers allow it only from a gesture on. */
  wake() {
    this.#audio ??= typeof AudioContext === "undefined" ? null : new AudioContext();
    if (this.#audio?.state === "suspended") {
      this.#audio.resume().catch(() => {});
    }
  }

  /** @param {{tone: string, text: {vi: string, en: string}, code: string | null}} verdict */
  show(verdict) {
    const { panel } = this;
    panel.classList.remove(...Object.keys(SIGNALS));
    panel.classList.add("verdict", verdict.tone);
    panel.dataset.tone = verdict.tone;
    panel.setAttribute("aria-live", ["wrong", "bad"].includes(verdict.tone) ? "assertive" : "polite");
    this.#line("p:not(.code)", verdict.text[/** @type {"vi" | "en"} */ (this.lang)]);
    this.#line("p.code", verdict.code ?? "");
    this.#play(SIGNALS[verdict.tone]);
  }

  /** @param {string} selector @param {string} text */
  #line(selector, text) {
    let line = this.panel.querySelector(selector);
    if (!line) {
      line = document.createElement("p");
      line.className = selector.endsWith("p.code") ? "code" : "";
      this.panel.append(line);
    }
    line.textContent = text;
  }

  /** @param {Signal} signal */
  #play(signal) {
    // Before the first touch or key a browser would refuse, and say so.
    if (this.quiet || navigator.userActivation?.hasBeenActive === false) {
      return;
    }
    navigator.vibrate?.(signal.buzz);
    this.wake();
    const audio = this.#audio;
    if (!audio) {
      return;
    }
    const loudness = audio.createGain();
    loudness.gain.value = LOUDNESS;
    loudness.connect(audio.destination);
    for (const [pitch, start, length] of signal.notes) {
      const voice = audio.createOscillator();
      voice.type = signal.wave;
      voice.frequency.value = pitch;
      voice.connect(loudness);
      voice.start(audio.currentTime + start / 1000);
      voice.stop(audio.currentTime + (start + length) / 1000);
    }
  }
}

function remembered() {
  try {
    return localStorage.getItem(MUTED) === "1";
  } catch {
    return false;
  }
}
