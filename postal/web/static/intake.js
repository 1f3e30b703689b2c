// @ts-check
/** A scanner waits for no answer: what it reads while one is under way is kept, and sent with the next request. */

/** @type {{sent: string | null, ready: string, by: string}} */
const flow = { sent: null, ready: "", by: "" };

/** @returns {HTMLInputElement | null} */
function field() {
  return /** @type {HTMLInputElement | null} */ (document.getElementById("code"));
}

/** @param {string} text @returns {string} what stood in the field, which now holds the text */
function exchange(text) {
  const input = field();
  const before = input?.value ?? "";
  if (input) input.value = text;
  return before;
}

document.addEventListener("submit", (event) => {
  if (flow.sent === null) return;
  event.preventDefault();
  event.stopPropagation();
  flow.ready += `${exchange("")} `;
  flow.by = event.submitter?.id ?? "do-scan";
}, true);

document.addEventListener("htmx:beforeRequest", () => {
  flow.sent = exchange("");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  // A refusal is the same page with its reason; htmx would show none of it.
  if (!detail.xhr.responseText.includes('id="intake"')) return;
  detail.shouldSwap = true;
  detail.isError = false;
  const typed = exchange("");
  document.addEventListener("htmx:afterSwap", () => exchange(typed), { once: true });
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.successful) return;
  // What was sent and not heard is sent once more with what comes next.
  exchange(`${flow.sent} ${flow.ready}${exchange("")}`);
  flow.sent = null;
  flow.ready = "";
});

document.addEventListener("htmx:afterSettle", () => {
  flow.sent = null;
  if (flow.ready === "") return;
  const typed = exchange(flow.ready);
  flow.ready = "";
  const button = document.getElementById(flow.by);
  if (button instanceof HTMLButtonElement) field()?.form?.requestSubmit(button);
  exchange(typed);
});
