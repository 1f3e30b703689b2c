// @ts-check
/**
 * What goes on a trip is no scan of a piece but a record of the trip: it waits beside the scans, as safely, and goes up
 * after them. Said twice it is the same, so an answer that is lost costs nothing.
 */

/** @typedef {{trip: string, code: string, device: string}} Load */

/**
 * @param {import("./outbox.js").Outbox} outbox
 * @param {import("./outbox.js").Sighting} sighting @param {Load} load
 */
export async function keep(outbox, sighting, load) {
  try {
    const tx = outbox.db.transaction(["loads", "seen"], "readwrite", { durability: "strict" });
    await Promise.all([tx.objectStore("loads").put(load), tx.objectStore("seen").put(sighting), tx.done]);
  } catch (wrong) {
    outbox.full = true;
    throw wrong;
  }
  outbox.full = false;
  await outbox.recount();
}

/** Take a load back that has not gone up yet; false when it has. @param {import("./outbox.js").Outbox} outbox */
export async function takeBack(outbox, /** @type {string} */ trip, /** @type {string} */ code) {
  if (!(await outbox.db.get("loads", [trip, code]))) {
    return false;
  }
  await outbox.db.delete("loads", [trip, code]);
  await outbox.recount();
  return true;
}

/**
 * Tell the server what was loaded, trip by trip.
 * @param {import("./outbox.js").Outbox} outbox @param {string} device
 * @param {(body: object) => Promise<{loaded: string[], refused: {code: string, message: string}[]}>} post
 * @returns {Promise<{code: string, message: string}[]>} what was refused
 */
export async function send(outbox, device, post) {
  const refused = [];
  /** @type {Load[]} */
  const waiting = (await outbox.db.getAll("loads")).filter((/** @type {Load} */ one) => one.device === device);
  for (const trip of new Set(waiting.map((one) => one.trip))) {
    const codes = waiting.filter((one) => one.trip === trip).map((one) => one.code);
    const answer = await post({ trip, codes });
    for (const code of [...answer.loaded, ...answer.refused.map((one) => one.code)]) {
      await outbox.db.delete("loads", [trip, code]);
    }
    refused.push(...answer.refused);
    await outbox.recount();
  }
  return refused;
}
