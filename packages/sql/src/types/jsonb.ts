import { assert } from "../contract/errors.js";
import type { Decimal } from "./decimal.js";
import { parseJson } from "./json-parser.js";
import { printJson } from "./jsonb-text.js";

/**
 * A JSON value as jsonb has it: numbers are exact, and the keys of an object stand in jsonb's
 * order (shorter first, then by bytes), each of them once.
 */
export type JsonNode =
  null | boolean | string | Decimal | readonly JsonNode[] | ReadonlyMap<string, JsonNode>;

/**
 * A value of type jsonb. It keeps its node, its text, or both: what comes from storage is text
 * and is parsed only when something looks inside. Instances never change.
 */
export class Jsonb {
  private cachedNode: JsonNode | undefined;
  private cachedText: string | undefined;

  private constructor(node: JsonNode | undefined, text: string | undefined) {
    assert(node !== undefined || text !== undefined, "a jsonb value has a node or a text");
    this.cachedNode = node;
    this.cachedText = text;
  }

  /** Throws INVALID_JSON. */
  static parse(text: string): Jsonb {
    return new Jsonb(parseJson(text), undefined);
  }

  /** The node's objects have their keys in jsonb's order (see `jsonObject`). */
  static of(node: JsonNode): Jsonb {
    return new Jsonb(node, undefined);
  }

  /** `text` was printed by `toString`; it is not looked at until it is needed. */
  static fromCanonicalText(text: string): Jsonb {
    return new Jsonb(undefined, text);
  }

  get node(): JsonNode {
    this.cachedNode ??= this.cachedText === undefined ? null : parseJson(this.cachedText);
    return this.cachedNode;
  }

  toString(): string {
    this.cachedText ??= printJson(this.cachedNode ?? null);
    return this.cachedText;
  }
}
