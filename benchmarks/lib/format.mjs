/** Three significant digits, with k and M, as far as a rate is known at all. */
export function formatRate(value) {
  if (value >= 999_500) return `${significant(value / 1e6)} M`;
  if (value >= 999.5) return `${significant(value / 1e3)} k`;
  return significant(value);
}

export function formatValue(value, unit) {
  return unit === "ms" ? `${significant(value)} ms` : `${formatRate(value)}/s`;
}

export const formatMB = (bytes) => `${significant(bytes / 2 ** 20)} MB`;

/** A figure of a suite of limits; rates and counts have k and M. */
export function formatFigure(value, unit) {
  if (unit === "/s") return `${formatRate(value)}/s`;
  if (unit === "") return value < 1000 ? String(value) : formatRate(value);
  return `${significant(value)} ${unit}`;
}

export function formatBudget(budget) {
  if (budget.atMost !== undefined)
    return `${significant(budget.value)} ms (at most ${budget.atMost})`;
  const against = budget.peerWorkload === undefined ? budget.peer : "the clean one";
  return `${significant(budget.ratio)} × ${against} (at least ${budget.atLeast})`;
}

function significant(value) {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
