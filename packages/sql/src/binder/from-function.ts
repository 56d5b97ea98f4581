import { AegisError } from "../contract/errors.js";
import type { TableFunction } from "../functions/registry.js";
import type { CallNode, FunctionTable } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { SqlType } from "../types/index.js";
import { bindArguments } from "./calls.js";
import { resolveUnknown } from "./coerce.js";
import type { ColumnDef, Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { renameColumns, seeing, type FromItem } from "./from.js";
import { outputName } from "./output-names.js";
import { addRelation, type Relation, type Scope } from "./scope.js";
import { bindTableCall } from "./set-calls.js";
import { BIGINT } from "./tree.js";
import { resolveType } from "./type-names.js";

interface Source {
  readonly fn: TableFunction;
  readonly args: readonly Expr[];
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  /** The name of the call, which its one column may share. */
  readonly name: string;
}

/** A function in FROM, or several side by side; it may refer to the items before it. */
export function bindFunctionTable(
  node: FunctionTable,
  scope: Scope,
  visible: readonly Relation[],
): FromItem {
  const { statement } = scope;
  const { result: sources, used } = seeing(scope, visible, [], () =>
    node.calls.flatMap((call) => spread(call).map((one) => bindSource(one, node, scope))),
  );
  const columns = sources.flatMap((source) => namedColumns(source, node, sources.length));
  const output: ColumnDef[] = columns.map(({ name, type }) => statement.column(name, type));
  const ordinality = node.ordinality ? statement.column("ordinality", BIGINT) : undefined;
  if (ordinality !== undefined) output.push(ordinality);
  const plan: LogicalPlan = {
    kind: "tableFunction",
    calls: sources.map(({ fn, args }) => ({ fn, args })),
    ordinality: ordinality?.id,
    output,
  };
  const relation = addRelation(scope, output, {
    name: node.alias ?? sources[0]!.name,
    scalar: columns.length === 1 && ordinality === undefined,
  });
  return {
    plan,
    relations: [renameColumns(relation, node.columns, node.position)],
    lateralUsed: used,
  };
}

/** `unnest(a, b)` is `ROWS FROM (unnest(a), unnest(b))`. */
function spread(call: CallNode): readonly CallNode[] {
  if (call.path.at(-1) !== "unnest" || call.arguments.length < 2) return [call];
  return call.arguments.map((argument) => ({ ...call, arguments: [argument] }));
}

function bindSource(call: CallNode, node: FunctionTable, scope: Scope): Source {
  const { statement } = scope;
  const name = call.path.at(-1)!;
  const { position } = call;
  const candidates = statement.context.registry.table(name);
  if (candidates.length === 0) return scalarSource(call, scope);
  const args = bindArguments(call, scope);
  const bound = bindTableCall(call, args, scope);
  const { forColumns } = bound.fn;
  if (forColumns === undefined) {
    if (node.definitions.length > 0) {
      const message = 'a column definition list is only allowed for functions returning "record"';
      throw new AegisError("PARSE_ERROR", message, { position });
    }
    return { fn: bound.fn, args: bound.args, columns: bound.fn.columns(bound.types), name };
  }
  if (node.definitions.length === 0) {
    const message = 'a column definition list is required for functions returning "record"';
    throw new AegisError("PARSE_ERROR", message, {
      position,
      hint: "Say what its columns are: AS t(a integer, b text).",
    });
  }
  const columns = node.definitions.map((column) => ({
    name: column.name,
    type: resolveType(column.type),
  }));
  return { fn: forColumns(columns), args: bound.args, columns, name };
}

/** Gives its argument as the one row of a table. */
const ONE_VALUE: TableFunction = {
  kind: "table",
  name: "value",
  params: [{ name: "any" }],
  variadic: false,
  columns: ([type]) => [{ name: "value", type: type! }],
  strict: false,
  evaluate: ([value]) => [[value ?? null]],
};

/** A plain function in FROM is a table of one row. */
function scalarSource(call: CallNode, scope: Scope): Source {
  const bound = bindExpression(call, scope);
  const value = resolveUnknown(scope.statement, bound, call.position);
  const name = outputName(call);
  return { fn: ONE_VALUE, args: [value], columns: [{ name, type: value.type }], name };
}

/** The one column of a call is named like the table, unless the function names it itself. */
function namedColumns(source: Source, node: FunctionTable, calls: number): Source["columns"] {
  const [only] = source.columns;
  if (only === undefined || source.columns.length > 1 || node.definitions.length > 0) {
    return source.columns;
  }
  const plain = only.name === source.fn.name || only.name === source.name;
  if (!plain) return source.columns;
  const name = calls === 1 && node.alias !== undefined ? node.alias : source.name;
  return [{ name, type: only.type }];
}
