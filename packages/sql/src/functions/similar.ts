/** Names farther off are no likely slip of the hand; any two of one or two letters are as near. */
const MAX_DISTANCE_SHARE = 1 / 3;
const MAX_DISTANCE = 3;
const MAX_NAMES = 3;

/** Names like `name`, nearest first. */
export function nearestNames(name: string, names: Iterable<string>): readonly string[] {
  const limit = Math.min(MAX_DISTANCE, Math.floor(name.length * MAX_DISTANCE_SHARE));
  if (limit === 0) return [];
  const near: { readonly name: string; readonly distance: number }[] = [];
  for (const candidate of new Set(names)) {
    if (!/^[a-z_]/i.test(candidate) || Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name, candidate);
    if (distance <= limit) near.push({ name: candidate, distance });
  }
  near.sort((a, b) => a.distance - b.distance);
  return near.slice(0, MAX_NAMES).map((entry) => entry.name);
}

/** Insertions, deletions, replacements and swaps of neighbours that make one of the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_item, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(changed, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
