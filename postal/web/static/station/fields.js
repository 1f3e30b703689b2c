// @ts-check
/** What stood in the field in focus before a scan, so that the scan leaves no trace there. */

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Field */
/** @typedef {{node: Field | HTMLSelectElement, value: string, start: number | null, end: number | null} | null} Snapshot */

const WITHOUT_TEXT = new Set(["button", "checkbox", "radio", "submit", "reset", "image", "file", "color", "range"]);

/** @param {EventTarget | null} node @returns {node is Field} */
export function isTextField(node) {
  if (node instanceof HTMLTextAreaElement) {
    return !node.readOnly && !node.disabled;
  }
  return node instanceof HTMLInputElement && !WITHOUT_TEXT.has(node.type) && !node.readOnly && !node.disabled;
}

/** @param {EventTarget | null} node @returns {Snapshot} */
export function snapshotOf(node) {
  if (node instanceof HTMLSelectElement) {
    return { node, value: node.value, start: null, end: null };
  }
  if (!isTextField(node)) {
    return null;
  }
  return { node, value: node.value, start: selection(node, "selectionStart"), end: selection(node, "selectionEnd") };
}

/**
 * Give what was typed since a snapshot, where only the field itself knows (compositions, soft keyboards).
 * @param {Snapshot} before
 */
export function addedTo(before) {
  if (!before || before.node instanceof HTMLSelectElement) {
    return "";
  }
  const after = before.node.value;
  const head = before.value.slice(0, before.start ?? before.value.length);
  const tail = before.value.slice(before.end ?? before.value.length);
  const untouched = after.startsWith(head) && after.endsWith(tail) && after.length >= head.length + tail.length;
  return untouched ? after.slice(head.length, after.length - tail.length) : "";
}

/**
 * Put a field back; whoever listens to it hears that its value changed.
 * @param {Snapshot} before
 */
export function putBack(before) {
  if (!before || before.node.value === before.value) {
    return;
  }
  const { node } = before;
  const focused = node.ownerDocument.activeElement === node;
  if (focused) {
    node.blur(); // ends a composition, which would otherwise write its text again
  }
  node.value = before.value;
  if (focused) {
    node.focus({ preventScroll: true });
  }
  if (!(node instanceof HTMLSelectElement) && before.start !== null) {
    node.setSelectionRange(before.start, before.end);
  }
  node.dispatchEvent(new Event("input", { bubbles: true }));
  if (node instanceof HTMLSelectElement) {
    node.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** @param {Field} node @param {"selectionStart" | "selectionEnd"} which @returns {number | null} */
function selection(node, which) {
  try {
    return node[which];
  } catch {
    return null; // fields of numbers and dates have none
  }
}
