import { binary } from "./define.js";
import { BYTEA, TEXT } from "./overloads.js";
import type { ParamType, ScalarFunction } from "./registry.js";
import { asText, textVolatility } from "./text-of.js";

const ANY_NON_ARRAY: ParamType = { name: "anynonarray" };

/** `text || anything` and the reverse: the other side is written as a cast to text writes it. */
function joined(left: boolean): ScalarFunction {
  const params: [ParamType, ParamType] = left ? [ANY_NON_ARRAY, TEXT] : [TEXT, ANY_NON_ARRAY];
  const plain = binary<string>("||", params, TEXT, (a, b) => a + b);
  return {
    ...plain,
    forTypes: (types) => {
      const type = types[left ? 0 : 1]!;
      const write = asText(type);
      const evaluate: ScalarFunction["evaluate"] = left
        ? (args, context) => write(args[0]!, context) + (args[1] as string)
        : (args, context) => (args[0] as string) + write(args[1]!, context);
      return { ...plain, evaluate, volatility: textVolatility(type) };
    },
  };
}

/** || of text and bytes; arrays and jsonb have their own. */
export const textOperators: readonly ScalarFunction[] = [
  binary<string>("||", [TEXT, TEXT], TEXT, (a, b) => a + b, {
    inline: ([a, b]) => `(${a!} + ${b!})`,
  }),
  joined(false),
  joined(true),
  binary<Uint8Array>("||", [BYTEA, BYTEA], BYTEA, (a, b) => Uint8Array.from(Buffer.concat([a, b]))),
];
