export * from "./contract/index.js";
export * from "./parser/index.js";
export * from "./types/index.js";
