// @ts-check
/** Texts of the program in the language of its page; Vietnamese first, as in the templates. */

/** @param {string} vi @param {string} en */
export function t(vi, en) {
  return document.documentElement.lang === "en" ? en : vi;
}

/** @type {Record<string, [string, string]>} */
export const WORKS = {
  receive: ["Nhận", "Receive"],
  open: ["Mở túi", "Open a bag"],
  load: ["Xếp lên xe", "Load"],
  deliver: ["Phát", "Deliver"],
  count: ["Kiểm kê", "Count"],
};

/** @type {Record<string, [string, string]>} */
export const VERDICTS = {
  waiting: ["chưa gửi", "not sent"],
  accepted: ["đã lưu máy chủ", "kept by the server"],
  repeated: ["đã lưu từ trước", "kept before"],
  unknown: ["đã lưu, mã chưa đăng ký", "kept, code not registered"],
  disputed: ["trùng mã khác nội dung", "same id, other content"],
  refused: ["bị từ chối", "refused"],
  stuck: ["máy chủ không đọc được", "the server cannot read it"],
};

/** @param {string} work @param {string | null} code */
export function workTitle(work, code) {
  const [vi, en] = WORKS[work] ?? [work, work];
  return code ? `${t(vi, en)} ${code}` : t(vi, en);
}
