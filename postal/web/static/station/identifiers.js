// @ts-check
/** Ids of rows and installations, made here so that a scan has its name before anybody else hears of it. */

let last = 0n;

/**
 * Make a UUIDv7 for an instant; within one page the ids ascend even if the clock goes back.
 * @param {number} now milliseconds since 1970
 * @returns {string}
 */
export function uuid7(now) {
  const random = crypto.getRandomValues(new Uint8Array(10));
  // 12 bits of fraction behind the milliseconds leave room for 4,096 ids in each.
  let moment = BigInt(Math.max(0, Math.trunc(now))) << 12n;
  if (moment <= last) {
    moment = last + 1n;
  }
  last = moment;
  const hex = (moment >> 12n).toString(16).padStart(12, "0");
  const fine = (moment & 0xfffn).toString(16).padStart(3, "0");
  random[0] = (random[0] & 0x3f) | 0x80;
  const rest = Array.from(random.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${fine}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}

/** Name an installation: 128 random bits. */
export function newEpoch() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
