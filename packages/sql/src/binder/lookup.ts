import { AegisError } from "../contract/errors.js";
import { mapParts } from "../planner/expressions.js";
import { wholeRow } from "./constructors.js";
import type { Expr } from "./expr.js";
import { didYouMean } from "./nearest.js";
import type { Relation, Scope } from "./scope.js";

/** The value that a name stands for: a column, or a row as a whole. */
export function resolveColumn(scope: Scope, path: readonly string[], position: number): Expr {
  const name = path.at(-1)!;
  if (path.length === 1) {
    const column = findBare(scope, name, position);
    if (column !== undefined) return referTo(scope, column, position);
    const row = findRelation(scope, undefined, name, position);
    if (row !== undefined) return wholeRowOf(scope, row.relation, position);
    throw missingColumn(scope, name, position);
  }
  const qualifier = path.slice(0, -1);
  const relation = requireRelation(scope, qualifier, position);
  const found = columnOf(relation.relation, name, position);
  if (found !== undefined) {
    markLateral(relation.scope);
    return referTo(scope, found, position);
  }
  const text = `${qualifier.join(".")}.${name}`;
  throw new AegisError("COLUMN_NOT_FOUND", `column ${text} does not exist`, {
    position,
    column: name,
    hint: didYouMean(
      name,
      relation.relation.columns.map((column) => column.name),
    ),
  });
}

/** The row of a relation; the value itself where a function with one result was meant. */
export function wholeRowOf(scope: Scope, relation: Relation, position: number): Expr {
  const columns = relation.columns.map(({ name, expr }) => ({
    name,
    expr: referTo(scope, expr, position),
  }));
  const [only] = columns;
  if (relation.scalar && only !== undefined) return only.expr;
  return wholeRow(columns, relation.nullable);
}

/** A fresh node, so that its place in the text can be remembered. */
export function referTo(scope: Scope, expr: Expr, position: number): Expr {
  const { statement } = scope;
  const note = (part: Expr): Expr => {
    if (part.kind !== "column") return mapParts(part, note);
    const fresh = { ...part };
    statement.remember(fresh, position);
    statement.origins.get(part.id)?.scope.used.add(part.id);
    return fresh;
  };
  return note(expr);
}

/** A column named alone; undefined where no level has it. */
function findBare(scope: Scope, name: string, position: number): Expr | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const found = findBareHere(at, name, position);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** As `findBare`, of this level alone. */
export function findBareHere(scope: Scope, name: string, position: number): Expr | undefined {
  let found: Expr | undefined;
  for (const relation of scope.relations) {
    if (!relation.bare) continue;
    const column = columnOf(relation, name, position);
    if (column === undefined) continue;
    if (found !== undefined) throw ambiguous(name, position);
    found = column;
  }
  if (found !== undefined) markLateral(scope);
  return found;
}

function markLateral(scope: Scope): void {
  scope.lateralUsed = true;
}

function columnOf(relation: Relation, name: string, position: number): Expr | undefined {
  let found: Expr | undefined;
  for (const column of relation.columns) {
    if (column.name !== name) continue;
    if (found !== undefined) throw ambiguous(name, position);
    found = column.expr;
  }
  return found;
}

function ambiguous(name: string, position: number): AegisError {
  return new AegisError("AMBIGUOUS_COLUMN", `column reference "${name}" is ambiguous`, {
    position,
    column: name,
    hint: `Put the table's name before it: t.${name}.`,
  });
}

interface FoundRelation {
  readonly relation: Relation;
  readonly scope: Scope;
}

function findRelation(
  scope: Scope,
  schema: string | undefined,
  name: string,
  position: number,
): FoundRelation | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const fits = at.relations.filter(
      (relation) =>
        relation.named &&
        relation.name === name &&
        (schema === undefined || relation.schema === schema),
    );
    const [relation] = fits;
    if (fits.length > 1) {
      throw new AegisError("AMBIGUOUS_COLUMN", `table reference "${name}" is ambiguous`, {
        position,
        sqlState: "42P09",
      });
    }
    if (relation !== undefined) {
      markLateral(at);
      return { relation, scope: at };
    }
  }
  return undefined;
}

/** The relation that `t.` or `schema.t.` means. */
export function requireRelation(
  scope: Scope,
  qualifier: readonly string[],
  position: number,
): FoundRelation {
  const name = qualifier.at(-1)!;
  const found = findRelation(scope, qualifier.at(-2), name, position);
  if (found !== undefined) return found;
  checkReach(scope, name, position);
  const hidden = hiddenRelation(scope, name);
  if (hidden === null) {
    const message = `missing FROM-clause entry for table "${name}"`;
    throw new AegisError("TABLE_NOT_FOUND", message, {
      position,
      table: name,
      hint: didYouMean(name, relationNames(scope)),
    });
  }
  const message = `invalid reference to FROM-clause entry for table "${name}"`;
  const detail = `There is an entry for table "${name}", but it cannot be referenced from this part of the query.`;
  throw new AegisError("TABLE_NOT_FOUND", message, { position, table: name, detail, hint: hidden });
}

function checkReach(scope: Scope, name: string, position: number): void {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (!at.outOfReach.some((relation) => relation.named && relation.name === name)) continue;
    const message = `invalid reference to FROM-clause entry for table "${name}"`;
    throw new AegisError("INVALID_COLUMN_REFERENCE", message, {
      position,
      table: name,
      detail: "The combining JOIN type must be INNER or LEFT for a LATERAL reference.",
    });
  }
}

/** What to do about a relation that stands in FROM but cannot be named; null if there is none. */
function hiddenRelation(scope: Scope, name: string): string | undefined | null {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (at.hidden.some((relation) => relation.named && relation.name === name)) {
      return "Mark a subquery with LATERAL to refer to what stands before it.";
    }
    const aliased = at.relations.find((relation) => relation.table?.name === name);
    if (aliased !== undefined) return `Perhaps you meant the table alias "${aliased.name}".`;
    if (at.declared.some((relation) => relation.name === name)) return undefined;
  }
  return null;
}

function relationNames(scope: Scope): string[] {
  const names: string[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    for (const relation of at.relations) if (relation.name !== undefined) names.push(relation.name);
  }
  return names;
}

function missingColumn(scope: Scope, name: string, position: number): AegisError {
  const names: string[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    for (const relation of at.relations) {
      for (const column of relation.columns) names.push(column.name);
    }
  }
  return new AegisError("COLUMN_NOT_FOUND", `column "${name}" does not exist`, {
    position,
    column: name,
    hint: didYouMean(name, names),
  });
}
