export * from "./contract/index.js";
export { duplicatedKey, duplicateKey } from "./modify/violations.js";
export { parseExpression, parseScript, parseStatement } from "./parser/index.js";
export * from "./session/index.js";
export * from "./types/index.js";
