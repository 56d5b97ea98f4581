import { AegisError } from "../contract/errors.js";
import { columnExpr } from "../planner/expressions.js";
import type { CommonTable, QueryBody, QueryNode, SetOperationNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { typeText } from "../types/index.js";
import type { CteEntry } from "./cte-frame.js";
import { checkNames, scanCte } from "./ctes.js";
import { isNumber } from "./numbers.js";
import { coerceOutput } from "./output-types.js";
import { bindQuery } from "./query.js";
import type { Environment } from "./scope.js";
import { checkReferences, mentions } from "./mentions.js";

/** Whether the body refers to its own name. */
export function isRecursive(node: CommonTable): boolean {
  return node.body.kind === "query" && mentions(node.body, node.name);
}

function invalid(message: string, position: number): AegisError {
  return new AegisError("INVALID_RECURSION", message, { position });
}

/** `base UNION [ALL] step`, where the step reads the rows that the step before it made. */
export function bindRecursive(
  entry: CteEntry,
  body: QueryNode,
  environment: Environment,
): LogicalPlan {
  const { statement } = environment;
  const { node } = entry;
  const { name } = node;
  const union = unionOf(body, name);
  const refuse = (message: string) => (position: number) => {
    throw invalid(message, position);
  };
  entry.recursion = refuse(
    `recursive reference to query "${name}" must not appear within its non-recursive term`,
  );
  const base = bindQuery(asQuery(union.left), environment).plan;
  checkNames(node, base.output.length);
  entry.columns = base.output.map((column, i) => ({
    name: node.columns[i] ?? column.name,
    type: column.type,
    isNumber: isNumber(statement, columnExpr(column)),
  }));
  const cte = statement.nextCte();
  let references = 0;
  entry.recursion = (position) => {
    references++;
    if (references > 1) {
      throw invalid(
        `recursive reference to query "${name}" must not appear more than once`,
        position,
      );
    }
    return scanCte(cte, entry, statement);
  };
  checkReferences(union.right, name);
  const bound = bindQuery(asQuery(union.right), environment, { keepUnknown: true }).plan;
  const step = castStep(bound, entry, union.right.position, environment);
  const output = entry.columns.map((column) => statement.column(column.name, column.type));
  return { kind: "recursive", cte, name, all: union.all, base, step, output };
}

function unionOf(body: QueryNode, name: string): SetOperationNode {
  let query = body;
  while (query.body.kind === "query") query = query.body;
  const { body: union } = query;
  if (union.kind !== "setOperation" || union.operator !== "union") {
    const form = "non-recursive-term UNION [ALL] recursive-term";
    throw invalid(`recursive query "${name}" does not have the form ${form}`, body.position);
  }
  for (const [what, found] of [
    ["ORDER BY", query.orderBy[0]],
    ["OFFSET", query.offset],
    ["LIMIT", query.limit],
  ] as const) {
    if (found === undefined) continue;
    throw new AegisError("UNSUPPORTED", `${what} in a recursive query is not implemented`, {
      position: found.position,
    });
  }
  return union;
}

function asQuery(body: QueryBody): QueryNode {
  if (body.kind === "query") return body;
  const { position } = body;
  return { kind: "query", body, orderBy: [], withTies: false, locking: [], position };
}

/** The step must give what the base gives; it cannot make a column wider. */
function castStep(
  step: LogicalPlan,
  entry: CteEntry,
  position: number,
  { statement }: Environment,
): LogicalPlan {
  const { columns, node } = entry;
  if (step.output.length !== columns.length) {
    const message = "each UNION query must have the same number of columns";
    throw new AegisError("PARSE_ERROR", message, { position });
  }
  const types = columns.map((column) => column.type);
  const cast = coerceOutput(statement, step, types, "implicit", position);
  if (!("misfit" in cast)) return cast;
  const index = cast.misfit;
  const first = typeText(types[index]!);
  const overall = typeText(step.output[index]!.type);
  const message =
    `recursive query "${node.name}" column ${index + 1} has type ${first} ` +
    `in non-recursive term but type ${overall} overall`;
  throw new AegisError("TYPE_MISMATCH", message, {
    position,
    hint: "Cast the output of the non-recursive term to the correct type.",
  });
}
