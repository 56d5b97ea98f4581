import { spaceKey, type DatabaseState } from "./model.js";
import type { KvOperation, KvValue } from "./operations.js";

/** Carries a call of the key-value model out at a time in microseconds; gives what it gives. */
export function applyKv(state: DatabaseState, operation: KvOperation, now: number): unknown {
  const { space } = operation;
  const set = (key: string, value: KvValue, expiresAt: number): void => {
    state.entries.set(spaceKey(space, key), { value, expiresAt });
  };
  switch (operation.do) {
    case "set": {
      const { key, value, ttl, ifAbsent, keepTtl } = operation;
      const before = state.entry(space, key, now);
      if (ifAbsent === true && before !== undefined) return false;
      const kept = keepTtl === true ? (before?.expiresAt ?? Infinity) : Infinity;
      set(key, value, ttl === undefined ? kept : now + ttl * 1000);
      return true;
    }
    case "setMany":
      for (const [key, value] of operation.entries) set(key, value, Infinity);
      return undefined;
    case "delete":
      return remove(state, operation.space, operation.key, now);
    case "deletePrefix": {
      const keys = state.list(space, now).map(([key]) => key);
      const fitting = keys.filter((key) => key.startsWith(operation.prefix));
      for (const key of fitting) remove(state, space, key, now);
      return fitting.length;
    }
    case "increment": {
      const before = state.entry(space, operation.key, now);
      const sum = Number(before?.value ?? 0) + operation.by;
      set(operation.key, sum, before?.expiresAt ?? Infinity);
      return sum;
    }
    case "expire":
    case "persist": {
      const before = state.entry(space, operation.key, now);
      if (before === undefined) return false;
      const expiresAt = operation.do === "expire" ? now + operation.ttl * 1000 : Infinity;
      // An entry that stays anyway is not written again.
      if (expiresAt !== before.expiresAt) set(operation.key, before.value, expiresAt);
      return true;
    }
  }
}

function remove(
  state: DatabaseState,
  space: KvOperation["space"],
  key: string,
  now: number,
): boolean {
  // One that has expired is for the sweeper.
  if (state.entry(space, key, now) === undefined) return false;
  return state.entries.delete(spaceKey(space, key));
}
