import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  keyValueModel,
  registerModel,
  type KeyValueInput,
  type KeyValueOutput,
  type RegisterInput,
  type RegisterOutput,
} from "./linearizability-models.js";
import { checkLinearizability, type Operation } from "./linearizability.js";
import { OperationHistory } from "./operation-history.js";

const shared = process.env["AEGIS_SHARED"] ?? resolve(import.meta.dirname, "../../../../../shared");
const corpus = join(shared, "conformance/transactions/porcupine");
const present = existsSync(join(corpus, "expected.json"));

interface Expected {
  readonly jepsen: Readonly<Record<string, boolean>>;
  readonly kv: Readonly<Record<string, boolean>>;
}

const expected: Expected = present
  ? (JSON.parse(readFileSync(join(corpus, "expected.json"), "utf8")) as Expected)
  : { jepsen: {}, kv: {} };

const lines = (folder: string, file: string): string[] =>
  readFileSync(join(corpus, "test_data", folder, file), "utf8")
    .split("\n")
    .filter((line) => line !== "");

const fields = (pattern: RegExp, line: string): string[] => {
  const match = pattern.exec(line);
  if (match === null) throw new Error(`not an event: ${line}`);
  return match.slice(1).map((field) => field ?? "");
};

type Register = Operation<RegisterInput<number>, RegisterOutput<number>>;

const registerInput = (operation: string, first: string, second: string): RegisterInput<number> => {
  if (operation === "read") return { kind: "read" };
  if (operation === "write") return { kind: "write", value: Number(first) };
  return { kind: "cas", expected: Number(first), value: Number(second) };
};

/** `INFO  jepsen.util - <client> :invoke|:ok|:fail|:info :read|:write|:cas nil|N|[N N]|:timed-out` */
function readRegisterLog(file: string): Register[] {
  const pattern =
    /- (\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(?:nil|:timed-out|(\d+)|\[(\d+) (\d+)\])$/;
  const history = new OperationHistory<RegisterInput<number>, RegisterOutput<number>>();
  const open = new Map<string, number>();
  for (const line of lines("jepsen", file)) {
    const [client = "", type, kind = "", value = "", expects = "", writes = ""] = fields(
      pattern,
      line,
    );
    if (type === "invoke") {
      const input = registerInput(kind, kind === "cas" ? expects : value, writes);
      open.set(client, history.invoke(Number(client), input));
      continue;
    }
    const operation = open.get(client)!;
    if (type === "info") history.unknown(operation);
    else if (kind === "cas") history.returned(operation, type === "ok");
    else if (type === "fail") history.failed(operation);
    else if (kind === "read") history.returned(operation, value === "" ? null : Number(value));
    else history.returned(operation, null);
  }
  return history.operations();
}

type KeyValue = Operation<KeyValueInput, KeyValueOutput>;

/** `{:process N, :type :invoke|:ok, :f :get|:put|:append, :key "K", :value "V"|nil}` */
function readKeyValueLog(file: string): KeyValue[] {
  const pattern =
    /^\{:process (\d+), :type :(invoke|ok), :f :(get|put|append), :key "(.*)", :value (?:nil|"(.*)")\}$/;
  const history = new OperationHistory<KeyValueInput, KeyValueOutput>();
  const open = new Map<string, number>();
  for (const line of lines("kv", file)) {
    const [client = "", type, kind = "", key = "", value = ""] = fields(pattern, line);
    if (type === "invoke") {
      const input: KeyValueInput =
        kind === "get" ? { kind, key } : { kind: kind === "put" ? "put" : "append", key, value };
      open.set(client, history.invoke(Number(client), input));
    } else {
      history.returned(open.get(client)!, kind === "get" ? value : null);
    }
  }
  return history.operations();
}

describe.skipIf(!present)(
  `the Porcupine corpus${present ? "" : ` (skipped: ${corpus} is not there; set AEGIS_SHARED)`}`,
  () => {
    it("has all of its 108 histories", () => {
      const count = Object.keys(expected.jepsen).length + Object.keys(expected.kv).length;
      expect(count).toBe(108);
    });

    it.each(Object.entries(expected.jepsen))("etcd register %s", (file, linearizable) => {
      const verdict = checkLinearizability(registerModel<number>(null), readRegisterLog(file));
      expect(verdict.kind).toBe(linearizable ? "linearizable" : "violation");
    });

    it.each(Object.entries(expected.kv))("key-value %s", (file, linearizable) => {
      const verdict = checkLinearizability(keyValueModel, readKeyValueLog(file));
      expect(verdict.kind).toBe(linearizable ? "linearizable" : "violation");
    });
  },
);
