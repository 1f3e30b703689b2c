// @ts-check
/** Keys for the desk's list: j and k walk the rows, x picks one, / goes to the search. Nothing works by them alone. */

const FIELDS = "input:not([type=checkbox]), select, textarea, [contenteditable]";

/** @returns {HTMLAnchorElement[]} the link of each row, in their order */
function rows() {
  return Array.from(document.querySelectorAll("#list tr[data-code] a.code"));
}

/** @param {number} by how many rows down, or up if less than nothing */
function walk(by) {
  const links = rows();
  const row = document.activeElement?.closest("tr[data-code]");
  const here = links.findIndex((link) => link.closest("tr") === row);
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1);
  links[next]?.focus();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target instanceof Element && event.target.closest(FIELDS)) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "x") {
    const row = document.activeElement?.closest("tr[data-code]");
    const box = row?.querySelector("input[type=checkbox]");
    if (box instanceof HTMLInputElement) box.checked = !box.checked;
  } else if (event.key === "/") {
    event.preventDefault();
    location.assign("/desk/search");
  }
}

/**
 * A list that is brought up to date keeps what was picked and where the cursor stood.
 * @type {{picked: Set<string>, at: string | null}}
 */
const kept = { picked: new Set(), at: null };

document.addEventListener("keydown", onKey);
document.addEventListener("htmx:beforeSwap", () => {
  const boxes = Array.from(document.querySelectorAll("#list input[name=pick]:checked"));
  kept.picked = new Set(boxes.map((box) => /** @type {HTMLInputElement} */ (box).value));
  const at = document.activeElement;
  kept.at = at?.closest("#list") ? (rowOf(at) ?? at.id) : null;
});
document.addEventListener("htmx:afterSwap", () => {
  for (const box of document.querySelectorAll("#list input[name=pick]")) {
    const input = /** @type {HTMLInputElement} */ (box);
    input.checked = kept.picked.has(input.value);
  }
  if (kept.at === null) return;
  const row = document.querySelector(`#list tr[data-code="${CSS.escape(kept.at)}"] a.code`);
  const same = row ?? document.getElementById(kept.at);
  if (same instanceof HTMLElement) same.focus();
});

/** @param {Element} element @returns {string | null} the code of the row that it stands in */
function rowOf(element) {
  return element.closest("tr[data-code]")?.getAttribute("data-code") ?? null;
}
