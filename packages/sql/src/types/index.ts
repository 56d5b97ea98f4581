export { Decimal } from "./decimal.js";
export { Jsonb, type JsonNode } from "./jsonb.js";
export type { Datum } from "./datum.js";
export type { SqlType, SqlTypeName } from "./sql-type.js";
export * as decimalArithmetic from "./decimal-arithmetic.js";
export * as decimalFunctions from "./decimal-functions.js";
export { decodeDecimal, encodeDecimal } from "./decimal-encoding.js";
export { compareJson, jsonContains } from "./jsonb-compare.js";
export { isJsonArray, isJsonObject, jsonObject } from "./jsonb-text.js";
export { compareText } from "./text-order.js";
export * as calendar from "./calendar.js";
export * as datetime from "./datetime.js";
export type { TextContext } from "./datetime-parser.js";
export * as intervals from "./interval.js";
export { parseInterval } from "./interval-parser.js";
export * as timeZones from "./time-zone.js";
export { isSerialName, typeByName, typeName, typeText } from "./names.js";
export { type Cast, type CastKind, findCast } from "./casts.js";
export {
  castsImplicitly,
  categoryOf,
  commonType,
  isPreferred,
  sameBase,
  type TypeCategory,
  withoutModifiers,
} from "./common-type.js";
export { type Comparator, comparatorOf, hashKey } from "./compare.js";
export { areIdentical } from "./identical.js";
export { applyModifier } from "./modifiers.js";
export { fromText } from "./text-input.js";
export { countCharacters, type NonNullDatum, toText } from "./text-output.js";
export { type ResultOptions, toJavaScript } from "./result.js";
export { fromStorage, storageType, toStorage } from "./storage.js";
