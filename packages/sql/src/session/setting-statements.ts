import { AegisError, unreachable } from "../contract/index.js";
import type { SettingStatement, TransactionModes } from "../parser/index.js";
import type { DataAccess } from "./access.js";
import { type SessionFacts, transactionSetting } from "./evaluation.js";
import { type Notice, warning } from "./notices.js";
import { type IsolationLevel, TRANSACTION_SETTINGS } from "./setting-table.js";
import { readBoolean } from "./setting-types.js";
import type { ValueTable } from "./text-results.js";
import type { TransactionControl } from "./transactions.js";

export interface SettingPlace {
  readonly facts: SessionFacts;
  readonly control: TransactionControl;
  readonly access: DataAccess;
}

export interface SettingOutcome {
  readonly table: ValueTable | undefined;
  readonly notices: readonly Notice[];
}

const NOTHING: SettingOutcome = { table: undefined, notices: [] };

/** Runs SET, RESET, SHOW and DISCARD. */
export function runSetting(statement: SettingStatement, place: SettingPlace): SettingOutcome {
  const { settings } = place.facts;
  switch (statement.kind) {
    case "set":
      return set(statement, place);
    case "reset":
      if (statement.name === "all") settings.resetAll();
      else settings.set(statement.name, undefined, false);
      return NOTHING;
    case "show":
      return { table: show(statement.name, place), notices: [] };
    case "discard":
      if (place.control.status !== "idle" && statement.what === "all") {
        const message = "DISCARD ALL cannot run inside a transaction block";
        throw new AegisError("ACTIVE_TRANSACTION", message);
      }
      if (statement.what === "all") settings.resetAll();
      return NOTHING;
    default:
      return unreachable(statement);
  }
}

type SetStatement = Extract<SettingStatement, { kind: "set" }>;

function set({ name, values, local, position }: SetStatement, place: SettingPlace): SettingOutcome {
  const { facts, control } = place;
  const ofTransaction = TRANSACTION_SETTINGS.get(name.toLowerCase());
  if (ofTransaction !== undefined) {
    const modes = modesOf(name.toLowerCase(), ofTransaction.read(name, values ?? []));
    const { notices } = control.run({ kind: "setTransaction", session: false, modes, position });
    return { table: undefined, notices };
  }
  facts.settings.set(name, values, local);
  const outside = local && control.status === "idle";
  if (!outside) return NOTHING;
  // There is no transaction for it to hold in.
  facts.settings.endTransaction();
  const message = "SET LOCAL can only be used in transaction blocks";
  return { table: undefined, notices: [warning(message, "25P01")] };
}

function modesOf(name: string, value: string): TransactionModes {
  switch (name) {
    case "transaction_isolation":
      return { isolation: value as IsolationLevel };
    case "transaction_deferrable":
      return { deferrable: readBoolean(name, value) };
    default:
      return { readOnly: readBoolean(name, value) };
  }
}

function show(name: string, { facts, access }: SettingPlace): ValueTable {
  const lower = name.toLowerCase();
  if (lower === "tables") return showTables(access);
  if (lower === "all") return { columns: ["name", "setting"], rows: facts.settings.list() };
  const value = transactionSetting(facts, lower) ?? facts.settings.show(lower);
  return { columns: [lower === "timezone" ? "TimeZone" : lower], rows: [[value]] };
}

/** Tables and views of every schema but the system's. */
function showTables(access: DataAccess): ValueTable {
  const source = access.source();
  const tables = source.tables().filter(({ kind }) => kind === "table");
  const rows = [
    ...tables.map(({ name, schema }) => [name, schema, "BASE TABLE"]),
    ...source.views().map(({ name, schema }) => [name, schema, "VIEW"]),
  ];
  const order = (row: readonly string[]): string => `${row[1]}\0${row[0]}`;
  rows.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return { columns: ["table_name", "table_schema", "table_type"], rows };
}
