import type { Prng } from "../../../packages/core/src/base/prng.js";
import { definition } from "./script-definitions.js";
import { EMPTY, type Model } from "./script-model.js";
import { write } from "./script-writes.js";

/** A statement, and what the tables look like once it has succeeded. */
export interface Step {
  readonly sql: string;
  readonly after: Model;
  readonly feature: string;
}

type Block = "none" | "open" | "failed";

/**
 * A random script of definitions, writes and transactions, made one statement at a time: what comes
 * next depends on whether the statement before has succeeded. The same seed and the same outcomes
 * give the same script.
 */
export class ScriptGenerator {
  model: Model = EMPTY;
  private block: Block = "none";
  /** Models to go back to: at BEGIN, then at each savepoint. */
  private readonly saved: { readonly name: string; readonly model: Model }[] = [];
  private step: Step | undefined;

  constructor(private readonly prng: Prng) {}

  get inTransaction(): boolean {
    return this.block !== "none";
  }

  next(): Step {
    this.step = this.choose();
    return this.step;
  }

  /** What came of the statement that `next` gave. */
  ended(succeeded: boolean): void {
    const { sql, after } = this.step!;
    const [word, target] = sql.split(" ");
    if (!succeeded) {
      if (this.block === "open") this.block = "failed";
      return;
    }
    switch (word) {
      case "BEGIN":
        this.block = "open";
        this.saved.length = 0;
        this.saved.push({ name: "", model: this.model });
        return;
      case "COMMIT":
        // Of a failed block nothing is kept.
        if (this.block === "failed") this.model = this.saved[0]!.model;
        this.block = "none";
        return;
      case "SAVEPOINT":
        this.saved.push({ name: target!, model: this.model });
        return;
      case "ROLLBACK":
        this.rolledBack(sql);
        return;
      case "RELEASE":
        this.saved.splice(this.savedAt(target!));
        return;
      default:
        this.model = after;
    }
  }

  private rolledBack(sql: string): void {
    const name = / TO (\w+)$/.exec(sql)?.[1];
    if (name === undefined) {
      this.model = this.saved[0]?.model ?? this.model;
      this.block = "none";
      return;
    }
    const at = this.savedAt(name);
    this.model = this.saved[at]!.model;
    this.saved.length = at + 1;
    this.block = "open";
  }

  private savedAt(name: string): number {
    return this.saved.findLastIndex((savepoint) => savepoint.name === name);
  }

  private choose(): Step {
    const { prng, model } = this;
    if (model.tables.length < 2) return definition(prng, model, "table");
    if (this.block === "failed" && prng.chance(0.7)) return this.control();
    const roll = prng.float();
    if (roll < 0.12) return this.control();
    if (roll < 0.27) return definition(prng, model);
    return write(prng, model);
  }

  private control(): Step {
    const { prng, model } = this;
    const name = prng.pick(["s1", "s2"]);
    const inside = ["COMMIT", "COMMIT", "ROLLBACK", `SAVEPOINT ${name}`, `SAVEPOINT ${name}`];
    inside.push(`ROLLBACK TO ${name}`, `ROLLBACK TO ${name}`, `RELEASE ${name}`);
    const failed = ["ROLLBACK", `ROLLBACK TO ${name}`, `ROLLBACK TO ${name}`, "COMMIT"];
    const choices = { none: ["BEGIN"], open: inside, failed }[this.block];
    return { sql: prng.pick(choices), after: model, feature: "transactions" };
  }
}
