/**
 * A seeded generator of 32-bit numbers (mulberry32), so that every engine gets the same keys, values
 * and order in every repetition. Small and fast; its short period does not matter here.
 *
 * @param {number} seed
 * @returns {() => number} numbers in [0, 1)
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The numbers from 0 to count - 1 in random order.
 *
 * @param {number} count
 * @param {() => number} random
 * @returns {Int32Array}
 */
export function shuffled(count, random) {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  return order;
}
