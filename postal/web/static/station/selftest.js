// @ts-check
/** What a scanner does to one known code tells how it is set up, and what to change. */
import { TEST_CODE, unframed } from "./codes.js";
import { canonical, images, isChanged } from "./telex.js";
import { t } from "./texts.js";
import { Wedge } from "./wedge.js";

/** @typedef {{what: [string, string], tone: "good" | "warn" | "bad", found: [string, string], todo?: [string, string]}} Finding */
/** @typedef {import("./wedge.js").More} More */

const GS = "\x1d";
const SLOW_MS = 20;

/**
 * Tell what became of the test code on its way; the first finding says whether scanning works at all.
 * @param {string} raw @param {More} more @returns {Finding[]}
 */
export function diagnose(raw, more) {
  const bare = unframed(raw.normalize("NFC"));
  const changed = changes(raw, bare, more);
  if (changed === null) {
    return [
      {
        what: ["Mã thử", "Test code"],
        tone: "bad",
        found: ["Không phải mã thử, hoặc mã bị mất ký tự", "Not the test code, or some of it is missing"],
        todo: [
          "Quét lại đúng mã in trên trang này. Nếu vẫn vậy, tăng độ trễ giữa các ký tự của máy quét.",
          "Scan the code printed on this page again. If it stays so, raise the scanner's delay between characters.",
        ],
      },
    ];
  }
  return [...changed, caseOf(bare), endOf(more.end), speedOf(more.speed), prefixOf(raw), gsOf(raw)].filter(
    (each) => each !== null,
  );
}

/** @param {string} raw @param {string} bare @param {More} more @returns {Finding[] | null} */
function changes(raw, bare, more) {
  /** @type {[string, string]} */
  const what = ["Bộ gõ và bàn phím", "Input method and keyboard"];
  const wanted = plain(TEST_CODE);
  if (plain(bare) === wanted && !more.rewritten) {
    return [{ what, tone: "good", found: ["Không làm đổi mã", "Do not change codes"] }];
  }
  const method = methodOf(bare);
  if (method || (isChanged(raw) && more.rewritten) || (more.rewritten && plain(more.keys) === wanted)) {
    const name = { telex: " (Telex)", vni: " (VNI)", "": "" }[method];
    return [
      {
        what,
        tone: "bad",
        found: [`Bộ gõ tiếng Việt đang bật${name}`, `A Vietnamese input method is on${name}`],
        todo: [
          "Tắt bộ gõ: chuyển Unikey/EVKey sang E, hoặc chọn bàn phím tiếng Anh (ENG) ở thanh tác vụ, rồi quét lại.",
          "Turn it off: switch Unikey/EVKey to E, or choose the English (ENG) keyboard on the task bar, and scan again.",
        ],
      },
    ];
  }
  if (plain(unframed(more.keys)) === wanted) {
    return [
      {
        what,
        tone: "bad",
        found: ["Bàn phím của máy tính khác bàn phím mà máy quét dùng", "Computer and scanner use different layouts"],
        todo: [
          "Đặt bàn phím của máy tính là tiếng Anh (US), và quốc gia bàn phím của máy quét là USA.",
          "Set the computer's keyboard to English (US), and the scanner's keyboard country to USA.",
        ],
      },
    ];
  }
  return null;
}

/** @param {string} bare @returns {"telex" | "vni" | ""} */
function methodOf(bare) {
  const seen = canonical(plain(bare));
  for (const method of /** @type {const} */ (["telex", "vni"])) {
    if (images(TEST_CODE, method).some((image) => plain(image) === seen)) {
      return method;
    }
  }
  return "";
}

/** Case and GS are told by themselves. @param {string} text */
function plain(text) {
  return text.toUpperCase().replace(/[\x1d|~]/g, "");
}

/** @param {string} bare @returns {Finding} */
function caseOf(bare) {
  /** @type {[string, string]} */
  const what = ["Chữ hoa", "Case"];
  if (bare === bare.toUpperCase()) {
    return { what, tone: "good", found: ["Giữ nguyên chữ hoa", "Capitals stay"] };
  }
  return {
    what,
    tone: "warn",
    found: ["Chữ hoa thành chữ thường; trạm quét tự đổi lại", "Capitals become small; the station turns them back"],
    todo: [
      "Tắt Caps Lock; nếu vẫn vậy, đặt máy quét ở chế độ giữ nguyên chữ hoa, chữ thường.",
      "Turn off Caps Lock; if it stays so, set the scanner to keep the case.",
    ],
  };
}

/** @param {string} end @returns {Finding} */
function endOf(end) {
  /** @type {[string, string]} */
  const what = ["Ký tự kết thúc", "Terminator"];
  if (end === "") {
    return {
      what,
      tone: "warn",
      found: ["Không có: phải chờ thêm 0,25 giây mỗi lượt", "None: each scan waits a quarter of a second"],
      todo: ["Đặt máy quét gửi Enter (CR) sau mỗi mã.", "Set the scanner to send Enter (CR) after each code."],
    };
  }
  const name = { CR: "Enter (CR)", LF: "LF", TAB: "Tab" }[end] ?? end;
  return { what, tone: "good", found: [name, name] };
}

/** @param {number} speed @returns {Finding} */
function speedOf(speed) {
  /** @type {[string, string]} */
  const what = ["Tốc độ", "Speed"];
  /** @type {[string, string]} */
  const found = [`${speed} ms mỗi ký tự`, `${speed} ms a character`];
  if (speed <= SLOW_MS) {
    return { what, tone: "good", found };
  }
  return {
    what,
    tone: "warn",
    found,
    todo: ["Giảm độ trễ giữa các ký tự xuống dưới 20 ms.", "Lower the delay between characters below 20 ms."],
  };
}

/** @param {string} raw @returns {Finding} */
function prefixOf(raw) {
  const id = /^\][A-Za-z][0-9A-Fa-f]/.exec(raw)?.[0];
  const found = id ?? "";
  return {
    what: ["Tiền tố", "Prefix"],
    tone: "good",
    found: id ? [`Có mã AIM ${found}; trạm quét tự bỏ`, `AIM id ${found}; taken off here`] : ["Không có", "None"],
  };
}

/** @param {string} raw @returns {Finding} */
function gsOf(raw) {
  /** @type {[string, string]} */
  const what = ["Ký tự GS", "GS character"];
  const inside = raw.replace(/^(\][A-Za-z][0-9])?[\x1d|~]*/, "");
  const sign = [GS, "|", "~"].find((each) => inside.includes(each));
  if (sign) {
    /** @type {[string, string]} */
    const found = sign === GS ? ["Gửi bằng Ctrl+]", "Sent as Ctrl+]"] : [`Gửi bằng dấu ${sign}`, `Sent as ${sign}`];
    return { what, tone: "good", found };
  }
  return {
    what,
    tone: "warn",
    found: ["Không gửi; mã của hệ thống này không cần GS", "Not sent; codes of this system do not need it"],
  };
}

/** @param {HTMLElement} box @param {Finding[]} findings */
function show(box, findings) {
  const tones = { good: t("Tốt", "Good"), warn: t("Nên đổi", "Better change"), bad: t("Phải đổi", "Must change") };
  const rows = findings.map(({ what, tone, found, todo }) => {
    const item = document.createElement("p");
    item.className = `notice ${tone}`;
    const head = document.createElement("strong");
    head.textContent = `${t(...what)}: ${tones[tone]}. `;
    item.append(head, t(...found));
    if (todo) {
      item.append(document.createElement("br"), t(...todo));
    }
    return item;
  });
  box.replaceChildren(...rows);
}

const page = document.getElementById("self-test");
if (page) {
  const box = /** @type {HTMLElement} */ (document.getElementById("findings"));
  const tell = (/** @type {string} */ _, /** @type {any} */ raw, /** @type {More} */ more) => show(box, diagnose(raw, more));
  new Wedge(document, { onScan: (raw, how, more) => tell(how, raw, more), onTrouble: tell }).attach();
}
