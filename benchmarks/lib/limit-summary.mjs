import { median } from "./statistics.mjs";

/**
 * One list of figures for all times that a step was done.
 *
 * @param {readonly (readonly import("./limit-contract.mjs").Figure[])[]} times not empty
 */
export function mediansOf(times) {
  return times[0].map((figure, index) => ({
    ...figure,
    value: median(times.map((figures) => figures[index].value)),
  }));
}

/** Figures of the same name are one row, with a value for every engine. */
export class FigureRows {
  #rows = new Map();

  get rows() {
    return [...this.#rows.values()];
  }

  /** A bound holds for our engine alone. */
  add(engine, figures, isOurs) {
    for (const { name, value, unit, atMost } of figures) {
      const row = this.#rows.get(name) ?? { name, unit, engines: {} };
      row.engines[engine] = value;
      if (isOurs && atMost !== undefined) {
        row.atMost = atMost;
        row.isMet = value <= atMost;
      }
      this.#rows.set(name, row);
    }
  }
}
