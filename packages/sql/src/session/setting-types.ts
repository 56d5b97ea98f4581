import { AegisError } from "../contract/index.js";

/** How a setting's values are read and shown. `read` gives the form that is kept. */
export interface SettingType {
  /** Throws INVALID_ARGUMENT, naming the setting. */
  readonly read: (name: string, values: readonly string[]) => string;
  readonly show?: (kept: string) => string;
}

export function invalidSetting(name: string, value: string, hint?: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", `invalid value for parameter "${name}": "${value}"`, {
    hint,
  });
}

export function single(name: string, values: readonly string[]): string {
  const [value] = values;
  if (value !== undefined && values.length === 1) return value;
  throw new AegisError("INVALID_ARGUMENT", `SET ${name} takes only one argument`);
}

export const text: SettingType = { read: single };

const ON = ["on", "true", "yes", "1"];
const OFF = ["off", "false", "no", "0"];

export function readBoolean(name: string, value: string): boolean {
  const word = value.toLowerCase();
  if (ON.includes(word)) return true;
  if (OFF.includes(word)) return false;
  throw new AegisError("INVALID_ARGUMENT", `parameter "${name}" requires a Boolean value`);
}

export const boolean: SettingType = {
  read: (name, values) => (readBoolean(name, single(name, values)) ? "on" : "off"),
};

/** One of some words. */
export function words(...allowed: readonly string[]): SettingType {
  return {
    read: (name, values) => {
      const value = single(name, values).toLowerCase();
      if (allowed.includes(value)) return value;
      throw invalidSetting(name, value, `Available values: ${allowed.join(", ")}.`);
    },
  };
}

export function integer(min: number, max: number): SettingType {
  return {
    read: (name, values) => {
      const given = single(name, values);
      const value = Number(given);
      if (!/^-?\d+$/.test(given)) throw invalidSetting(name, given);
      if (value < min || value > max) throw outside(name, value, min, max);
      return String(value);
    },
  };
}

const UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
  ["ms", 1],
];

const MAX_MS = 2 ** 31 - 1;

/** Milliseconds, kept as a number and shown in the largest unit that is exact. */
export const duration: SettingType = {
  read: (name, values) => {
    const given = single(name, values);
    const [, amount, unit] = /^\s*(-?\d+(?:\.\d+)?)\s*([a-z]*)\s*$/.exec(given) ?? [];
    const scale = unit === "" ? 1 : UNITS.find(([known]) => known === unit)?.[1];
    if (amount === undefined || scale === undefined) {
      const hint = 'Valid units for this parameter are "ms", "s", "min", "h", and "d".';
      throw invalidSetting(name, given, hint);
    }
    const value = Math.round(Number(amount) * scale);
    if (value < 0 || value > MAX_MS) throw outside(name, value, 0, MAX_MS, " ms");
    return String(value);
  },
  show: (kept) => {
    const value = Number(kept);
    const unit = UNITS.find(([, scale]) => value % scale === 0);
    return value === 0 || unit === undefined ? kept : `${value / unit[1]}${unit[0]}`;
  },
};

function outside(name: string, value: number, min: number, max: number, unit = ""): AegisError {
  const range = `${min}${unit} .. ${max}${unit}`;
  const message = `${value}${unit} is outside the valid range for parameter "${name}" (${range})`;
  return new AegisError("INVALID_ARGUMENT", message);
}
