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

document.addEventListener("keydown", onKey);
