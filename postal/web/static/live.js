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
