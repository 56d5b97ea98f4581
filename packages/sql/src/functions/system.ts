import { AegisError } from "../contract/errors.js";
import { toInt64 } from "../types/calendar.js";
import { comparatorOf } from "../types/compare.js";
import type { Datum } from "../types/datum.js";
import { multiply, round } from "../types/decimal-arithmetic.js";
import { Decimal } from "../types/decimal.js";
import { typeName } from "../types/names.js";
import type { SqlType } from "../types/sql-type.js";
import type { NonNullDatum } from "../types/text-output.js";
import { binary, scalar, ternary, unary } from "./define.js";
import { inRange, type Int } from "./integers.js";
import {
  ANY,
  ANY_ELEMENT,
  arrayOf,
  BIGINT,
  BOOLEAN,
  DOUBLE,
  INTEGER,
  known,
  sameAs,
  TEXT,
} from "./overloads.js";
import type { EvalContext, ScalarFunction, SequenceAccess } from "./registry.js";

/** What clients look for in version(): the release of PostgreSQL whose behaviour this is. */
const VERSION = "PostgreSQL 15.0 (AegisDB)";
const STABLE = { volatility: "stable" } as const;

type Compare = (a: NonNullDatum, b: NonNullDatum) => number;

/** A function that compares its arguments, which are all of one type. */
function comparing(
  name: string,
  variadic: boolean,
  body: (args: readonly Datum[], compare: Compare) => Datum,
): ScalarFunction {
  const params = variadic ? [ANY_ELEMENT] : [ANY_ELEMENT, ANY_ELEMENT];
  const forTypes = ([type]: readonly SqlType[]): ScalarFunction => {
    const compare = comparatorOf(known(type));
    const evaluate = (args: readonly Datum[]): Datum => body(args, compare);
    return scalar(name, params, sameAs(0), evaluate, { strict: false, variadic });
  };
  return { ...forTypes([]), forTypes };
}

/** The largest (sign 1) or smallest (sign -1) of the arguments that are not NULL. */
function extreme(name: string, sign: number): ScalarFunction {
  return comparing(name, true, (args, compare) => {
    let best: Datum = null;
    for (const value of args) {
      if (value === null) continue;
      if (best === null || compare(value, best) * sign > 0) best = value;
    }
    return best;
  });
}

const nullIf = comparing("nullif", false, ([value = null, other = null], compare) => {
  if (value === null || other === null) return value;
  return compare(value, other) === 0 ? null : value;
});

function counting(name: string, counts: (value: Datum) => boolean): ScalarFunction {
  return scalar(name, [ANY], INTEGER, (args) => args.filter(counts).length, {
    strict: false,
    variadic: true,
  });
}

const typeOf: ScalarFunction = {
  ...scalar("pg_typeof", [ANY], TEXT, () => null, { strict: false, volatility: "stable" }),
  forTypes: ([type]) =>
    scalar("pg_typeof", [ANY], TEXT, () => typeName(type!), {
      strict: false,
      volatility: "stable",
    }),
};

const conditional: readonly ScalarFunction[] = [
  extreme("greatest", 1),
  extreme("least", -1),
  nullIf,
  counting("num_nulls", (value) => value === null),
  counting("num_nonnulls", (value) => value !== null),
  typeOf,
  binary<boolean>("booleq", [BOOLEAN, BOOLEAN], BOOLEAN, (a, b) => a === b),
  binary<boolean>("boolne", [BOOLEAN, BOOLEAN], BOOLEAN, (a, b) => a !== b),
];

/** 122 random bits; version 4, variant 1 of RFC 4122. */
function randomUuid(context: EvalContext): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(context.random() * 16));
  digits[12] = 4;
  digits[16] = 8 + (digits[16]! & 3);
  const text = digits.map((digit) => digit.toString(16)).join("");
  return [8, 12, 16, 20, 32].map((end, i) => text.slice([0, 8, 12, 16, 20][i], end)).join("-");
}

/** "$user" names a schema that nobody has made. */
function searchPath(context: EvalContext): readonly string[] {
  const setting = context.setting("search_path") ?? "public";
  return setting
    .split(",")
    .map((name) => name.trim().replaceAll('"', ""))
    .filter((name) => name !== "" && name !== "$user");
}

function schemas(withImplicit: boolean, context: EvalContext): readonly string[] {
  const path = searchPath(context);
  return withImplicit && !path.includes("pg_catalog") ? ["pg_catalog", ...path] : path;
}

function setting(name: string, missingAllowed: boolean, context: EvalContext): string | null {
  const value = context.setting(name.toLowerCase());
  if (value !== undefined) return value;
  if (missingAllowed) return null;
  throw new AegisError("TYPE_NOT_FOUND", `unrecognized configuration parameter "${name}"`);
}

function setSeed(seed: number, context: EvalContext): string {
  if (!(seed >= -1 && seed <= 1)) {
    const message = `setseed parameter ${seed} is out of allowed range [-1,1]`;
    throw new AegisError("INVALID_ARGUMENT", message);
  }
  if (context.seed === undefined) {
    throw new AegisError("UNSUPPORTED", "setseed belongs to a session", {
      hint: "Use db.session, whose random numbers then follow from the seed.",
    });
  }
  context.seed(seed);
  return "";
}

const session: readonly ScalarFunction[] = [
  scalar("version", [], TEXT, () => VERSION, STABLE),
  ...["current_user", "session_user", "user", "current_role", "getpgusername"].map((name) =>
    scalar(name, [], TEXT, (_args, context) => context.currentUser, STABLE),
  ),
  ...["current_database", "current_catalog"].map((name) =>
    scalar(name, [], TEXT, (_args, context) => context.currentDatabase, STABLE),
  ),
  scalar("current_schema", [], TEXT, (_args, context) => searchPath(context)[0] ?? null, STABLE),
  unary<boolean>("current_schemas", BOOLEAN, arrayOf(TEXT), schemas, STABLE),
  unary<string>(
    "current_setting",
    TEXT,
    TEXT,
    (name, context) => setting(name, false, context),
    STABLE,
  ),
  binary<string, boolean>("current_setting", [TEXT, BOOLEAN], TEXT, setting, STABLE),
  ternary<string, string, boolean>(
    "set_config",
    [TEXT, TEXT, BOOLEAN],
    TEXT,
    (name, value, local, context) => {
      context.assign?.(name, value, local);
      return value;
    },
    { volatility: "volatile" },
  ),
  unary<number>("setseed", DOUBLE, { name: "void" }, setSeed, { volatility: "volatile" }),
  ...["txid_current", "pg_current_xact_id"].map((name) =>
    // The instant of a transaction's start is a number that it keeps and no earlier one has.
    scalar(name, [], BIGINT, (_args, context) => context.now, STABLE),
  ),
  scalar("pg_backend_pid", [], INTEGER, () => 1, STABLE),
  scalar("pg_is_in_recovery", [], BOOLEAN, () => false, STABLE),
  ...["gen_random_uuid", "uuid_generate_v4"].map((name) =>
    scalar(name, [], { name: "uuid" }, (_args, context) => randomUuid(context), {
      volatility: "volatile",
    }),
  ),
];

function sequencesOf(context: EvalContext): SequenceAccess {
  if (context.sequences !== undefined) return context.sequences;
  throw new AegisError("READ_ONLY_TRANSACTION", "cannot use a sequence in a read-only transaction");
}

/** The catalog's name of what 'public."Name"' or 'app.name' means: quotes resolved, no public. */
function sequenceName(text: string): string {
  const parts = text.match(/"(?:[^"]|"")*"|[^.]+/g) ?? [text];
  const names = parts.map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase(),
  );
  return (names.length > 1 && names[0] === "public" ? names.slice(1) : names).join(".");
}

const VOLATILE = { volatility: "volatile" } as const;

const sequences: readonly ScalarFunction[] = [
  unary<string>(
    "nextval",
    TEXT,
    BIGINT,
    (name, context) => sequencesOf(context).nextval(sequenceName(name)),
    VOLATILE,
  ),
  unary<string>(
    "currval",
    TEXT,
    BIGINT,
    (name, context) => sequencesOf(context).currval(sequenceName(name)),
    VOLATILE,
  ),
  scalar("lastval", [], BIGINT, (_args, context) => sequencesOf(context).lastval(), VOLATILE),
  binary<string, Int>(
    "setval",
    [TEXT, BIGINT],
    BIGINT,
    (name, value, context) => sequencesOf(context).setval(sequenceName(name), value, true),
    VOLATILE,
  ),
  ternary<string, Int, boolean>(
    "setval",
    [TEXT, BIGINT, BOOLEAN],
    BIGINT,
    (name, value, called, context) =>
      sequencesOf(context).setval(sequenceName(name), value, called),
    VOLATILE,
  ),
];

const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"];

/** A size in the largest unit that leaves at least ten of it. */
function prettySize(size: Int): string {
  let rest = BigInt(size);
  const sign = rest < 0n ? -1n : 1n;
  rest *= sign;
  if (rest < 10n * 1024n) return `${rest * sign} ${UNITS[0]!}`;
  let unit = 1;
  // One bit more than the unit is kept for rounding.
  for (rest >>= 9n; rest >= 20n * 1024n - 1n && unit < UNITS.length - 1; unit++) rest >>= 10n;
  return `${((rest + 1n) / 2n) * sign} ${UNITS[unit]!}`;
}

const SIZE = /^\s*([+-]?\d*\.?\d+(?:e[+-]?\d+)?)\s*([a-z]*)\s*$/i;

function bytesOfSize(text: string): Int {
  const [, digits, name = ""] = SIZE.exec(text) ?? [];
  const unit = name === "" ? 0 : UNITS.findIndex((known) => sameUnit(known, name));
  if (digits === undefined || unit < 0) {
    throw new AegisError("INVALID_ARGUMENT", `invalid size: "${text}"`, {
      hint: 'Valid units are "bytes", "B", "kB", "MB", "GB", "TB", and "PB".',
    });
  }
  const bytes = multiply(Decimal.parse(digits), Decimal.fromInteger(1024n ** BigInt(unit)));
  return inRange(toInt64(round(bytes, 0).unscaled), "bigint");
}

function sameUnit(known: string, name: string): boolean {
  return known.toLowerCase() === name.toLowerCase() || (known === "bytes" && /^b$/i.test(name));
}

/** Functions about values, the session and sequences (sections 9.17, 9.18 and 9.26). */
export const systemFunctions: readonly ScalarFunction[] = [
  ...conditional,
  ...session,
  ...sequences,
  unary<Int>("pg_size_pretty", BIGINT, TEXT, prettySize),
  unary<string>("pg_size_bytes", TEXT, BIGINT, bytesOfSize),
];
