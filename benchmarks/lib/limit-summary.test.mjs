import assert from "node:assert/strict";
import { test } from "node:test";
import { limitTable } from "./limit-table.mjs";
import { FigureRows, mediansOf } from "./limit-summary.mjs";
import { quantile } from "./statistics.mjs";

const peak = (value, atMost) => ({ name: "peak", value, unit: "MB", atMost });

test("a quantile is a value that was measured", () => {
  const values = [5, 1, 4, 2, 3];
  assert.equal(quantile(values, 0.5), 3);
  assert.equal(quantile(values, 0.99), 5);
  assert.equal(quantile(values, 0.2), 1);
});

test("a step done several times counts with its medians", () => {
  const [figure] = mediansOf([[peak(9, 5)], [peak(1, 5)], [peak(4, 5)]]);
  assert.deepEqual(figure, peak(4, 5));
});

test("a bound is met up to itself, and holds for us alone", () => {
  const figures = new FigureRows();
  figures.add("aegis", [peak(350, 350)], true);
  figures.add("peer", [peak(400, 350)], false);
  assert.deepEqual(figures.rows, [
    { name: "peak", unit: "MB", engines: { aegis: 350, peer: 400 }, atMost: 350, isMet: true },
  ]);
});

test("a bound that is missed says so in the table", () => {
  const figures = new FigureRows();
  figures.add("aegis", [peak(351, 350), { name: "load", value: 12_345, unit: "/s" }], true);
  const table = limitTable({
    engines: { aegis: { title: "AegisDB" }, peer: { title: "Peer" } },
    rows: [{ title: "rows", figures: figures.rows, waited: { aegis: 12.34 } }],
  });
  assert.deepEqual(table.slice(1), [
    ["rows", "peak", "351 MB", "", "at most 350 MB", "no"],
    ["", "load", "12.3 k/s", "", "", ""],
    ["", "time without a processor, the most of a step", "12.3 %", "", "", ""],
  ]);
});
