import { AegisError } from "../contract/errors.js";
import type { CallNode, ExpressionNode, SortItem } from "../parser/ast.js";
import { type Template, template } from "./templates.js";

/**
 * Hypothetical-set aggregates: where a row of these values would stand among those of the group.
 * Each is a count of the rows before it, and is bound as one. `$1` says whether a row is before the
 * hypothetical one, `$2` which rows there are, `$3` is the row of sort expressions.
 */
const AGGREGATES: ReadonlyMap<string, Template> = new Map(
  Object.entries({
    rank: "1 + count(*) FILTER (WHERE $2 AND $1)",
    dense_rank: "1 + count(DISTINCT $3) FILTER (WHERE $2 AND $1)",
    percent_rank: `CASE WHEN count(*) FILTER (WHERE $2) = 0 THEN 0::float8
      ELSE (count(*) FILTER (WHERE $2 AND $1))::float8 / count(*) FILTER (WHERE $2) END`,
    cume_dist: `(1 + count(*) FILTER (WHERE $2 AND ($1 OR $4)))::float8
      / (1 + count(*) FILTER (WHERE $2))`,
  }).map(([name, text]) => [name, template(text)]),
);

/** `$1` is the row's value and `$2` the hypothetical one; which NULLs are first is in the name. */
const BEFORE = {
  ascendingNullsLast: template("($1 < $2) IS TRUE OR ($2 IS NULL AND $1 IS NOT NULL)"),
  ascendingNullsFirst: template("($1 < $2) IS TRUE OR ($1 IS NULL AND $2 IS NOT NULL)"),
  descendingNullsLast: template("($1 > $2) IS TRUE OR ($2 IS NULL AND $1 IS NOT NULL)"),
  descendingNullsFirst: template("($1 > $2) IS TRUE OR ($1 IS NULL AND $2 IS NOT NULL)"),
};
const SAME = template("$1 IS NOT DISTINCT FROM $2");
const EITHER = template("$1 OR ($2 AND $3)");
const BOTH = template("$1 AND $2");
const TRUE = template("TRUE");

/** What a call `rank(…) WITHIN GROUP (ORDER BY …)` stands for; undefined for any other call. */
export function hypothetical(node: CallNode): ExpressionNode | undefined {
  const name = node.path.at(-1)!;
  const made = node.withinGroup ? AGGREGATES.get(name) : undefined;
  if (made === undefined) return undefined;
  const { arguments: values, orderBy, filter, position } = node;
  if (values.length !== orderBy.length) {
    throw new AegisError("FUNCTION_NOT_FOUND", `function ${name} does not exist for these values`, {
      position,
      hint: `${name} takes a value for each sort expression: ${orderBy.length}, not ${values.length}.`,
    });
  }
  let before: ExpressionNode | undefined;
  let same: ExpressionNode | undefined;
  // From the last key to the first: a key counts where those before it are the same.
  for (let i = orderBy.length - 1; i >= 0; i--) {
    const pair = [orderBy[i]!.expression, values[i]!];
    const first = beforeOf(orderBy[i]!)(pair, position);
    const equal = SAME(pair, position);
    before = before === undefined ? first : EITHER([first, equal, before], position);
    same = same === undefined ? equal : BOTH([equal, same], position);
  }
  const row: ExpressionNode = {
    kind: "row",
    items: orderBy.map((key) => key.expression),
    position,
  };
  const rows = filter ?? TRUE([], position);
  return made([before!, rows, row, same!], position);
}

function beforeOf({ descending, nullsFirst = descending }: SortItem): Template {
  if (descending) return nullsFirst ? BEFORE.descendingNullsFirst : BEFORE.descendingNullsLast;
  return nullsFirst ? BEFORE.ascendingNullsFirst : BEFORE.ascendingNullsLast;
}
