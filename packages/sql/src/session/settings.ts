import { AegisError } from "../contract/index.js";
import { nearest } from "../parser/spelling.js";
import { settingTable } from "./setting-table.js";

type Values = ReadonlyMap<string, string>;

const NONE: Values = new Map();

/** What a savepoint or the start of a transaction goes back to. */
export interface SettingsMark {
  readonly session: Values;
  readonly local: Values;
}

/** What statements ask for all the time, read once for each change of a setting. */
export interface DerivedSettings {
  readonly timeZone: string;
  readonly searchPath: readonly string[];
  /** Milliseconds; 0 is no limit. */
  readonly statementTimeout: number;
  /** Stands for the settings that plans depend on. */
  readonly planKey: string;
}

/** Other names of settings. */
const ALIASES: ReadonlyMap<string, string> = new Map([["names", "client_encoding"]]);

/** The settings of one session: its own over the defaults, those of SET LOCAL over both. */
export class Settings {
  #session: Values;
  #local: Values = NONE;
  #derived: DerivedSettings | undefined;

  /** `initial` come from outside of SQL (a connection's options) and are what RESET goes back to. */
  constructor(private readonly initial: Values = NONE) {
    this.#session = initial;
  }

  /** The value that is kept, by lower-case name; undefined for what nobody knows. */
  get(name: string): string | undefined {
    return this.#local.get(name) ?? this.#session.get(name) ?? settingTable.get(name)?.initial;
  }

  /** The same object for as long as no setting changes. */
  get derived(): DerivedSettings {
    return (this.#derived ??= this.#derive());
  }

  #derive(): DerivedSettings {
    const timeZone = this.get("timezone") ?? "UTC";
    const path = this.get("search_path") ?? "";
    return {
      timeZone,
      searchPath: searchPathOf(path),
      statementTimeout: Number(this.get("statement_timeout")),
      planKey: `${path}|${timeZone}`,
    };
  }

  /** The value as SHOW prints it. */
  show(name: string): string {
    const shown = this.shown(canonicalName(name));
    if (shown === undefined) throw unknownSetting(name);
    return shown;
  }

  /** The same, by lower-case name; undefined for what nobody knows. */
  shown(name: string): string | undefined {
    const kept = this.get(name);
    return kept === undefined ? undefined : (settingTable.get(name)?.type.show?.(kept) ?? kept);
  }

  /** `values` undefined goes back to the default. */
  set(name: string, values: readonly string[] | undefined, local: boolean): void {
    const known = canonicalName(name);
    this.#derived = undefined;
    const value = values === undefined ? this.defaultOf(known) : readSetting(known, values);
    if (local) this.#local = changed(this.#local, known, value);
    else {
      this.#local = changed(this.#local, known, undefined);
      this.#session = changed(this.#session, known, value);
    }
  }

  /** As `set`, for a value in the form that SHOW gives it: a list is one text. */
  assign(name: string, value: string, local: boolean): void {
    const isList = canonicalName(name) === "search_path";
    this.set(name, isList ? namesOf(value) : [value], local);
  }

  private defaultOf(name: string): string | undefined {
    const definition = settingTable.get(name);
    if (definition === undefined && !name.includes(".")) throw unknownSetting(name);
    if (definition?.fixed === true) throw fixedSetting(name);
    return this.initial.get(name) ?? definition?.initial;
  }

  resetAll(): void {
    this.#derived = undefined;
    this.#session = this.initial;
    this.#local = NONE;
  }

  /** Name as it is listed, and shown value, of all, in order. */
  list(): [name: string, value: string][] {
    const own = [...this.#session.keys(), ...this.#local.keys()];
    const names = [...new Set([...settingTable.keys(), ...own])].sort();
    return names.map((name) => [settingTable.get(name)?.title ?? name, this.show(name)]);
  }

  mark(): SettingsMark {
    return { session: this.#session, local: this.#local };
  }

  goBackTo(mark: SettingsMark): void {
    this.#derived = undefined;
    this.#session = mark.session;
    this.#local = mark.local;
  }

  /** SET LOCAL ends with the transaction. */
  endTransaction(): void {
    if (this.#local.size === 0) return;
    this.#derived = undefined;
    this.#local = NONE;
  }
}

function changed(values: Values, name: string, value: string | undefined): Values {
  const copy = new Map(values);
  if (value === undefined) copy.delete(name);
  else copy.set(name, value);
  return copy;
}

function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return ALIASES.get(lower) ?? lower;
}

/** The kept form of a value. Settings of an extension ("app.user") take any text. */
function readSetting(name: string, values: readonly string[]): string {
  const definition = settingTable.get(name);
  if (definition === undefined) {
    if (name.includes(".")) return values.join(", ");
    throw unknownSetting(name);
  }
  if (definition.fixed === true) throw fixedSetting(name);
  return definition.type.read(name, values);
}

function fixedSetting(name: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", `parameter "${name}" cannot be changed`, {
    sqlState: "55P02",
  });
}

function unknownSetting(name: string): AegisError {
  const meant = nearest(name.toLowerCase(), [...settingTable.keys()]);
  return new AegisError("NOT_FOUND", `unrecognized configuration parameter "${name}"`, {
    sqlState: "42704",
    hint: meant === undefined ? undefined : `Did you mean "${meant}"?`,
  });
}

/** Schemas of a search path as the setting has it; "$user" names none that is there. */
export function searchPathOf(setting: string): string[] {
  return namesOf(setting).filter((name) => name !== "$user" && name !== "");
}

function namesOf(list: string): string[] {
  const names = list.match(/"(?:[^"]|"")*"|[^\s,"]+/g) ?? [];
  return names.map((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name,
  );
}
