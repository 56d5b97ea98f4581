export * from "./contract/index.js";
export { parseExpression, parseScript, parseStatement } from "./parser/index.js";
export * from "./types/index.js";
