import { formatFigure } from "./format.mjs";

/** Large values say that other processes made what was measured. */
const WAITED = "time without a processor, the most of a step";

/** A row for every figure: header and rows of text. */
export function limitTable(summary) {
  const engines = Object.entries(summary.engines);
  const header = ["work", "measured", ...engines.map(([, { title }]) => title), "bound", "met"];
  const rows = summary.rows.flatMap(({ title, figures, waited }) =>
    [...figures, { name: WAITED, unit: "%", engines: waited }].map(
      ({ name, unit, engines: values, atMost, isMet }, index) => [
        index === 0 ? title : "",
        name,
        ...engines.map(([engine]) =>
          values[engine] === undefined ? "" : formatFigure(values[engine], unit),
        ),
        atMost === undefined ? "" : `at most ${atMost} ${unit}`.trimEnd(),
        isMet === undefined ? "" : isMet ? "yes" : "no",
      ],
    ),
  );
  return [header, ...rows];
}
