// @ts-check
/** htmx writes the page's address into the browser's storage; ours may name a dossier, so it does not stay there. */

const KEPT = "htmx-current-path-for-history";

function forget() {
  sessionStorage.removeItem(KEPT);
}

forget();
for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
  document.addEventListener(name, forget);
}

/**
 * A part that is brought up to date keeps what was ticked, how far a table was pushed aside, and the place of who works
 * by keys. The focus itself htmx keeps by id: so in such a part all that takes it has an id, made of what it is about.
 * Where a control is gone, the focus goes to its row or the next one, on which no key sets anything off.
 * @type {{ticked: Map<string, boolean>, aside: Map<string, number>, places: string[]}}
 */
const kept = { ticked: new Map(), aside: new Map(), places: [] };
const BOXES = "input[type=checkbox][id], input[type=radio][id]";
const PLACES = "[id][tabindex='-1']";

document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.target;
  if (!(part instanceof Element)) return;
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (part.querySelectorAll(BOXES));
  kept.ticked = new Map(Array.from(boxes, (box) => [box.id, box.checked]));
  kept.aside = new Map(Array.from(part.querySelectorAll(".scroller[id]"), (one) => [one.id, one.scrollLeft]));
  kept.places = part.contains(document.activeElement) ? placesFrom(document.activeElement, part) : [];
});

document.addEventListener("htmx:afterSwap", () => {
  for (const [id, ticked] of kept.ticked) {
    const box = document.getElementById(id);
    if (box instanceof HTMLInputElement) box.checked = ticked;
  }
  for (const [id, left] of kept.aside) document.getElementById(id)?.scrollTo({ left });
  if (document.activeElement !== document.body) return;
  const place = kept.places.map((id) => document.getElementById(id)).find((one) => one !== null);
  place?.focus({ preventScroll: true });
});

/** @param {Element | null} focused @param {Element} part @returns {string[]} ids of where to go from there, nearest first */
function placesFrom(focused, part) {
  const places = Array.from(part.querySelectorAll(PLACES));
  const here = places.findIndex((place) => place.contains(focused));
  if (here < 0) return [part.id];
  return [...places.slice(here), ...places.slice(0, here).reverse(), part].map((place) => place.id);
}
