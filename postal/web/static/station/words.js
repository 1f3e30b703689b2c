// @ts-check
/** What a station says about a scan: at most 40 characters, so that it fits a scanner's width and a glance. */

export const LONGEST = 40;

/** @type {Record<string, {vi: string, en: string}>} */
export const TEXTS = {
  ok: { vi: "Đúng. Còn thiếu {}", en: "Right. {} still missing" },
  all: { vi: "Đúng. Đã đủ cả danh sách", en: "Right. The list is complete" },
  bag_ok: { vi: "Đúng túi. Bên trong chưa kiểm", en: "Right bag. Contents not checked" },
  again: { vi: "Vừa quét mã này rồi", en: "Just scanned this one" },
  repeated: { vi: "Đã quét lúc {}", en: "Already scanned at {}" },
  unexpected: { vi: "Không có trong danh sách này", en: "Not on this list" },
  other_place: { vi: "Sai nơi: của {}", en: "Wrong place: belongs to {}" },
  other_manifest: { vi: "Thuộc {}", en: "On {}" },
  input_method: { vi: "Tắt bộ gõ tiếng Việt rồi quét lại", en: "Turn off Vietnamese typing, scan again" },
  layout: { vi: "Đổi bàn phím sang tiếng Anh (US)", en: "Set the keyboard to English (US)" },
  confirm: { vi: "Tắt bộ gõ tiếng Việt, quét lại mã này", en: "Turn off Vietnamese typing, scan again" },
  cut: { vi: "Mã bị đứt, quét lại", en: "Code broke off, scan again" },
  empty: { vi: "Chưa có mã, quét lại", en: "No code, scan again" },
  too_long: { vi: "Mã quá dài, quét lại từng mã", en: "Too long, scan codes one by one" },
  space: { vi: "Không phải mã của bưu chính", en: "Not a code of ours" },
  character: { vi: "Mã có ký tự lạ, quét lại", en: "Strange character, scan again" },
  check_digit: { vi: "Sai số kiểm tra, quét lại", en: "Wrong check digit, scan again" },
  pattern: { vi: "Không phải mã của bưu chính", en: "Not a code of ours" },
  place: { vi: "Đã chọn nơi làm việc", en: "Place chosen" },
  test: { vi: "Mã thử: máy quét đọc đúng", en: "Test code: the scanner reads well" },
  manifest: { vi: "Mở bảng kê này", en: "Opening this manifest" },
  trip: { vi: "Mở chuyến thư này", en: "Opening this trip" },
  bag: { vi: "Mở túi này", en: "Opening this bag" },
  this_list: { vi: "Đang làm danh sách này", en: "Already on this list" },
  undo: { vi: "Đã bỏ lượt quét cuối", en: "Last scan taken back" },
  nothing_to_undo: { vi: "Không còn lượt quét để bỏ", en: "Nothing to take back" },
  finish: { vi: "Kết thúc việc này", en: "Finishing this work" },
  damaged: { vi: "Lượt sau: hư hỏng", en: "Next one: damaged" },
  opened: { vi: "Lượt sau: đã bị mở", en: "Next one: opened" },
  seal_broken: { vi: "Lượt sau: niêm phong đứt", en: "Next one: seal broken" },
};

/** @type {Record<string, {vi: string, en: string}>} */
export const WORKS = {
  receive: { vi: "Việc: nhận", en: "Work: receive" },
  open: { vi: "Việc: mở túi", en: "Work: open a bag" },
  load: { vi: "Việc: xếp lên xe", en: "Work: load" },
  deliver: { vi: "Việc: phát", en: "Work: deliver" },
  count: { vi: "Việc: kiểm kê", en: "Work: count" },
};

/**
 * Put a value into a text, cut so that the whole stays short; the end of a code tells more than its beginning.
 * @param {{vi: string, en: string}} text
 * @param {string} value
 */
export function inWords(text, value) {
  return { vi: filled(text.vi, value), en: filled(text.en, value) };
}

/** @param {string} pattern @param {string} value */
function filled(pattern, value) {
  const room = LONGEST - (pattern.length - 2);
  return pattern.replace("{}", value.length <= room ? value : `…${value.slice(1 - room)}`);
}
