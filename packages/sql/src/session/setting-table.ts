import { AegisError } from "../contract/index.js";
import { timeZones } from "../types/index.js";
import {
  boolean,
  duration,
  integer,
  invalidSetting,
  type SettingType,
  single,
  text,
  words,
} from "./setting-types.js";

export interface SettingDefinition {
  readonly type: SettingType;
  /** What `SET … TO DEFAULT` and RESET give. */
  readonly initial: string;
  /** Fixed settings can be shown only. */
  readonly fixed?: true;
  /** Its SHOW and its name in lists, where they differ from the key (`TimeZone`). */
  readonly title?: string;
}

const timeZone: SettingType = {
  read: (name, values) => {
    const given = single(name, values).trim();
    // "interval '+02:00' hour to minute" and plain numbers count hours east of UTC.
    const hours = /^[+-]?\d+(\.\d+)?$/.test(given) ? fixedOffset(Number(given)) : given;
    if (timeZones.findZone(hours) === undefined) throw invalidSetting(title(name), given);
    return /^(utc|gmt)$/i.test(hours) ? hours.toUpperCase() : hours;
  },
};

function fixedOffset(hours: number): string {
  const minutes = Math.round(Math.abs(hours) * 60);
  const pad = (part: number): string => String(part).padStart(2, "0");
  return `${hours < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

function title(name: string): string {
  return settingTable.get(name)?.title ?? name;
}

/** Dates are always printed as ISO; the order of day and month only concerns what is read. */
const dateStyle: SettingType = {
  read: (name, values) => {
    const parts = values.flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
    let order = "MDY";
    for (const part of parts) {
      if (part === "mdy" || part === "us" || part === "noneuro") order = "MDY";
      else if (part === "dmy" || part === "euro" || part === "european") order = "DMY";
      else if (part === "ymd") order = "YMD";
      else if (/^(sql|postgres|german)$/.test(part)) {
        throw new AegisError("UNSUPPORTED", `dates are printed in the style ISO, not ${part}`);
      } else if (part !== "iso") throw invalidSetting(title(name), values.join(", "));
    }
    return `ISO, ${order}`;
  },
};

const searchPath: SettingType = {
  read: (_name, values) => values.map(quotedName).join(", "),
};

function quotedName(name: string): string {
  const plain = /^[a-z_][a-z0-9_$]*$/.test(name);
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}

const encoding: SettingType = {
  read: (name, values) => {
    const given = single(name, values);
    if (/^(utf-?8|unicode|sql_ascii)$/i.test(given)) return "UTF8";
    throw invalidSetting(name, given, "Text is always UTF8.");
  },
};

const ISOLATION_LEVELS = [
  "serializable",
  "repeatable read",
  "read committed",
  "read uncommitted",
] as const;
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

const isolation = words(...ISOLATION_LEVELS);
const ON: readonly [SettingType, string] = [boolean, "on"];
const OFF: readonly [SettingType, string] = [boolean, "off"];
const NO_LIMIT: readonly [SettingType, string] = [duration, "0"];
const MAX_INT = 2 ** 31 - 1;

const FREE: Readonly<Record<string, readonly [SettingType, string]>> = {
  application_name: [text, ""],
  backslash_quote: [words("safe_encoding", "on", "off"), "safe_encoding"],
  bytea_output: [words("hex"), "hex"],
  check_function_bodies: ON,
  client_encoding: [encoding, "UTF8"],
  client_min_messages: [
    words("debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error"),
    "notice",
  ],
  default_table_access_method: [text, "heap"],
  default_tablespace: [text, ""],
  default_text_search_config: [text, "pg_catalog.english"],
  default_transaction_deferrable: OFF,
  default_transaction_isolation: [isolation, "serializable"],
  default_transaction_read_only: OFF,
  escape_string_warning: ON,
  extra_float_digits: [integer(-15, 3), "1"],
  idle_in_transaction_session_timeout: NO_LIMIT,
  intervalstyle: [words("postgres"), "postgres"],
  lc_messages: [text, "C"],
  lc_monetary: [text, "C"],
  lc_numeric: [text, "C"],
  lc_time: [text, "C"],
  lock_timeout: NO_LIMIT,
  log_queries: OFF,
  log_slow_queries: OFF,
  quote_all_identifiers: OFF,
  role: [text, "none"],
  row_security: ON,
  search_path: [searchPath, '"$user", public'],
  session_authorization: [text, "aegis"],
  session_replication_role: [words("origin", "replica", "local"), "origin"],
  slow_query_threshold: [duration, "1000"],
  standard_conforming_strings: [words("on"), "on"],
  statement_timeout: NO_LIMIT,
  synchronize_seqscans: ON,
  synchronous_commit: [words("on", "off", "local", "remote_write", "remote_apply"), "on"],
  temp_buffers: [text, "8MB"],
  transaction_timeout: NO_LIMIT,
  work_mem: [text, "4MB"],
  xmloption: [words("content", "document"), "content"],
  max_parallel_workers_per_gather: [integer(0, 1024), "0"],
  random_page_cost: [text, "4"],
  seed: [text, "unavailable"],
  geqo: ON,
  join_collapse_limit: [integer(1, MAX_INT), "8"],
  from_collapse_limit: [integer(1, MAX_INT), "8"],
};

/** Plans do not look at them; scripts that set them should load. */
const PLANNER_SWITCHES =
  "bitmapscan gathermerge hashagg hashjoin incremental_sort indexonlyscan indexscan material " +
  "mergejoin nestloop parallel_append parallel_hash partitionwise_aggregate partitionwise_join " +
  "seqscan sort tidscan";

const FIXED: Readonly<Record<string, string>> = {
  block_size: "8192",
  in_hot_standby: "off",
  integer_datetimes: "on",
  is_superuser: "on",
  lc_collate: "C",
  lc_ctype: "C.UTF-8",
  max_identifier_length: "63",
  max_index_keys: "32",
  server_encoding: "UTF8",
  server_version: "15.0",
  server_version_num: "150000",
};

/** All settings by lower-case name. Those of one transaction are kept with the transaction. */
export const settingTable: ReadonlyMap<string, SettingDefinition> = new Map<
  string,
  SettingDefinition
>([
  ...Object.entries(FREE).map(([name, [type, initial]]) => [name, { type, initial }] as const),
  ...PLANNER_SWITCHES.split(" ").map(
    (name) => [`enable_${name}`, { type: boolean, initial: "on" }] as const,
  ),
  ...Object.entries(FIXED).map(
    ([name, initial]) => [name, { type: text, initial, fixed: true }] as const,
  ),
  ["timezone", { type: timeZone, initial: "UTC", title: "TimeZone" }],
  ["datestyle", { type: dateStyle, initial: "ISO, MDY", title: "DateStyle" }],
]);

/** Read and written as settings, held by the open transaction. */
export const TRANSACTION_SETTINGS: ReadonlyMap<string, SettingType> = new Map([
  ["transaction_isolation", isolation],
  ["transaction_read_only", boolean],
  ["transaction_deferrable", boolean],
]);
