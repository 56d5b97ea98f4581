export type * from "./ast.js";
export {
  parseExpression,
  parseScript,
  parseStatement,
  type ParsedStatement,
  type ScriptItem,
} from "./script.js";
