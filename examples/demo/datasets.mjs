// The data sets of the npm package `vega-datasets`, as rows.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const entry = createRequire(import.meta.url).resolve("vega-datasets");
const folder = join(dirname(entry), "../data");

/** @param {string} name */
function text(name) {
  return readFileSync(join(folder, name), "utf8");
}

/**
 * Domestic flights in the United States, January to March 2001: minutes of delay, miles, and the
 * hour of departure with its fraction.
 * @returns {{ delay: number, distance: number, time: number }[]}
 */
export function flights() {
  return JSON.parse(text("flights-200k.json"));
}

/**
 * One array of fields a line, without the header. Fields may be quoted.
 * @param {string} name
 */
function csv(name) {
  const lines = text(name).trim().split("\n").slice(1);
  return lines.map((line) => {
    const fields = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [];
    return fields.slice(0, -1).map((field) => unquoted(field.replace(/,$/, "")));
  });
}

/** @param {string} field */
function unquoted(field) {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}

/** Airports: code, name, city, state, country, latitude, longitude. */
export function airports() {
  return csv("airports.csv");
}

/** Routes: origin, destination, flights on it in 2008. */
export function routes() {
  return csv("flights-airport.csv");
}
