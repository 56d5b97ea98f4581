import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keptForm, type KeptForm } from "./kept-value.js";

/** A shape is compiled once it was seen so often. */
const USES = 10;

function keptAfterUses(value: unknown): KeptForm | null {
  let form: KeptForm | null = null;
  for (let i = 0; i < USES; i++) form = keptForm(value);
  return form;
}

function given({ kept, assemble }: KeptForm): unknown {
  return assemble === null ? kept : assemble(kept as readonly unknown[]);
}

/** Every object and array inside of a value. */
function containers(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(containers)];
}

const scalar = fc.oneof(
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
);
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), tie("value"), { maxKeys: 4 }),
  ),
}));

describe("a value that is kept", () => {
  test("comes out equal, with its members in order, and shares no object with what went in", () => {
    fc.assert(
      fc.property(values, (value) => {
        // The literals of fast-check's dictionaries have no prototype, those of the database have.
        const stored = structuredClone(value);
        const form = keptAfterUses(stored);
        expect(form).not.toBeNull();
        const [one, other] = [given(form!), given(form!)];
        expect(one).toStrictEqual(stored);
        expect(containers(one).map(Object.keys)).toEqual(containers(stored).map(Object.keys));
        const all = [stored, one, other].flatMap(containers);
        expect(new Set(all).size).toBe(all.length);
      }),
      { numRuns: 300 },
    );
  });

  test("has room for its texts at least", () => {
    const latin = keptAfterUses({ a: "x".repeat(1000) })!;
    const wide = keptAfterUses({ a: "€".repeat(1000) })!;
    expect(latin.bytes).toBeGreaterThan(1000);
    expect(wide.bytes).toBeGreaterThan(2000);
    expect(keptForm(1n << 4000n)!.bytes).toBeGreaterThan(500);
  });

  test.each([
    ["a date", new Date(0)],
    ["bytes", new Uint8Array(3)],
    ["a Map", new Map([[1, 2]])],
    ["a Set", new Set([1])],
    ["a date inside", { at: [new Date(0)] }],
    ["many parts", Array.from({ length: 65 }, (_, i) => i)],
    ["many empty members", Array.from({ length: 65 }, () => [])],
    ["deep nesting", JSON.parse("[".repeat(9) + "]".repeat(9)) as unknown],
  ])("is not %s", (_, value) => {
    expect(keptAfterUses(value)).toBeNull();
  });

  test("is compiled only for a shape that comes again", () => {
    expect(keptForm({ once: 1 })).toBeNull();
    expect(keptAfterUses({ often: 1 })).not.toBeNull();
  });
});
