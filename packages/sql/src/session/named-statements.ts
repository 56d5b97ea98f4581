import { resolveType } from "../binder/type-names.js";
import { AegisError } from "../contract/index.js";
import type { PreparedStatement } from "../parser/index.js";
import type { SqlType } from "../types/index.js";
import { isPlanned } from "./compile.js";
import { parameterCountOf, PreparedText } from "./prepared-text.js";

export interface NamedStatement {
  readonly prepared: PreparedText;
  readonly types: readonly (SqlType | undefined)[];
}

/** What PREPARE has named in a session. Not part of its transactions, as in PostgreSQL. */
export class NamedStatements {
  readonly #statements: Map<string, NamedStatement> = new Map();

  /** What PREPARE asks for; `keep` gives it its name once it has proved right. */
  prepare({
    name,
    types,
    statement,
    text,
    position,
  }: Extract<PreparedStatement, { kind: "prepare" }>): NamedStatement {
    if (this.#statements.has(name)) {
      throw new AegisError("OBJECT_EXISTS", `prepared statement "${name}" already exists`, {
        sqlState: "42P05",
        position,
      });
    }
    if (!isPlanned(statement)) {
      throw new AegisError("PARSE_ERROR", "this kind of statement cannot be prepared", {
        hint: "SELECT, INSERT, UPDATE, DELETE and VALUES can.",
        position,
      });
    }
    const count = Math.max(parameterCountOf(statement), types.length);
    return {
      prepared: new PreparedText({ text, statement, parameters: { count, names: [] } }),
      types: types.map((type) => resolveType(type)),
    };
  }

  keep(name: string, statement: NamedStatement): void {
    this.#statements.set(name, statement);
  }

  find(name: string): NamedStatement {
    const found = this.#statements.get(name);
    if (found !== undefined) return found;
    throw new AegisError("PREPARED_NOT_FOUND", `prepared statement "${name}" does not exist`);
  }

  /** Undefined: all of them. */
  deallocate(name: string | undefined): void {
    if (name === undefined) this.#statements.clear();
    else if (!this.#statements.delete(name)) this.find(name);
  }
}

type ExecuteStatement = Extract<PreparedStatement, { kind: "execute" }>;

/** Throws PARAMETER_COUNT where EXECUTE gives too few values, or too many. */
export function checkCount(statement: ExecuteStatement, { parameters }: PreparedText): void {
  const { name, arguments: given, position } = statement;
  if (given.length === parameters.count) return;
  const message = `wrong number of parameters for prepared statement "${name}"`;
  throw new AegisError("PARAMETER_COUNT", message, {
    detail: `Expected ${parameters.count} parameters but got ${given.length}.`,
    sqlState: "42601",
    position,
  });
}
