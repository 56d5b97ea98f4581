import type { Value } from "@aegisdb/sql/contract";
import { yieldToEventLoop } from "../../base/clock.js";
import { AegisError, assert } from "../../errors.js";
import type { TreeRef, WriteTransaction } from "../../engine/contract.js";
import { compareBatches, comparePoint, compareScan } from "./engine-compare.js";
import { keyWidth, type Effect, type ModelState, type ModelTree } from "./engine-model.js";
import { fitsKey, fitsRow, layouts, OWNER_COLUMN, type ShapeName } from "./shapes.js";
import type { Action, Range } from "./engine-steps.js";

interface Mark {
  readonly savepoint: number;
  readonly effects: number;
  readonly state: ModelState;
}

/**
 * A transaction of the model beside one of the engine: it sees the state at its begin and its own
 * effects, and every read of the engine is compared with it at once.
 */
export class ModelTransaction {
  readonly effects: Effect[] = [];
  private state: ModelState;
  private readonly marks: Mark[] = [];

  constructor(
    begin: ModelState,
    private readonly takeTreeId: () => number,
  ) {
    this.state = begin.fork();
  }

  /** Does `actions` in both. An `await` among them does nothing. */
  runSync(tx: WriteTransaction, actions: readonly Action[]): void {
    for (const action of actions) this.act(tx, action);
  }

  async run(tx: WriteTransaction, actions: readonly Action[]): Promise<void> {
    for (const action of actions) {
      if (action.do === "await") await yieldToEventLoop();
      else this.act(tx, action);
    }
  }

  private act(tx: WriteTransaction, action: Action): void {
    switch (action.do) {
      case "open":
        this.removeAccount(tx, action.row.slice(0, 1));
        this.put(tx, "accounts", action.row);
        this.put(tx, "owners", [action.row[OWNER_COLUMN]!, action.row[0]!]);
        break;
      case "close":
        this.removeAccount(tx, action.key);
        break;
      case "put":
        this.put(tx, action.tree, action.row);
        break;
      case "delete":
        this.delete(tx, action.tree, action.key);
        break;
      case "deleteRange":
        this.deleteRange(tx, action.tree, action.range);
        break;
      case "savepoint":
        this.marks.push({
          savepoint: tx.savepoint(),
          effects: this.effects.length,
          state: this.state,
        });
        this.state = this.state.fork();
        break;
      case "rollback":
        this.rollback(tx, action.back);
        break;
      case "create":
      case "drop":
      case "rename":
        this.define(tx, action);
        break;
      case "get":
      case "scan":
      case "batches":
        this.read(tx, action);
        break;
      case "await":
    }
  }

  private read(tx: WriteTransaction, action: Action & { do: "get" | "scan" | "batches" }): void {
    const found = this.find(tx, action.tree);
    if (found === undefined) return;
    const { tree, model } = found;
    const where = `in a transaction, tree ${action.tree}`;
    if (action.do === "get") {
      if (fitsKey(model.shape, action.key)) comparePoint(tx, tree, model, action.key, where);
    } else if (rangeFits(model.shape, action.range)) {
      if (action.do === "batches") compareBatches(tx, tree, model, action.range, where);
      else compareScan(tx, tree, model, action.range, action.reverse, where);
    }
  }

  private put(tx: WriteTransaction, name: string, row: readonly Value[]): void {
    const found = this.find(tx, name);
    if (found === undefined || !fitsRow(found.model.shape, row)) return;
    tx.put(found.tree, row);
    this.effect({ kind: "put", tree: found.id, row });
  }

  private delete(tx: WriteTransaction, name: string, key: readonly Value[]): void {
    const found = this.find(tx, name);
    if (found === undefined || !fitsKey(found.model.shape, key)) return;
    tx.delete(found.tree, key);
    this.effect({ kind: "delete", tree: found.id, key });
  }

  private removeAccount(tx: WriteTransaction, key: readonly Value[]): void {
    const found = this.find(tx, "accounts");
    if (found === undefined) return;
    comparePoint(tx, found.tree, found.model, key, "before an account is written");
    const old = found.model.get(key);
    if (old === undefined) return;
    this.delete(tx, "owners", [old[OWNER_COLUMN]!, old[0]!]);
    this.delete(tx, "accounts", key);
  }

  /** Deletes while the cursor walks, as a caller would. */
  private deleteRange(tx: WriteTransaction, name: string, range: Range): void {
    const found = this.find(tx, name);
    if (found === undefined || !rangeFits(found.model.shape, range)) return;
    const { tree, model } = found;
    const width = keyWidth(model.shape);
    const keys = model.range(range.start, range.end).map((row) => row.slice(0, width));
    const cursor = tx.scan(tree, {
      start: range.start === undefined ? undefined : tree.codec.encode(range.start),
      end: range.end === undefined ? undefined : tree.codec.encode(range.end),
    });
    let count = 0;
    while (cursor.next()) {
      const key = tree.codec.decode(cursor.key);
      tx.delete(tree, key);
      this.effect({ kind: "delete", tree: found.id, key });
      count++;
    }
    assert(count === keys.length, `a range delete found ${count} rows of ${keys.length}`);
  }

  private rollback(tx: WriteTransaction, back: number): void {
    if (this.marks.length === 0) return;
    const at = Math.max(0, this.marks.length - 1 - back);
    const mark = this.marks[at]!;
    this.marks.length = at;
    tx.rollbackTo(mark.savepoint);
    this.effects.length = mark.effects;
    this.state = mark.state.fork();
  }

  private define(
    tx: WriteTransaction,
    action: Action & { do: "create" | "drop" | "rename" },
  ): void {
    if (action.do === "create") {
      const taken = this.state.names.has(action.name);
      const made = expectTaken(taken, () => tx.createTree(action.name, layouts[action.shape]));
      const { name, shape } = action;
      if (made) this.effect({ kind: "create", tree: this.takeTreeId(), name, shape });
      return;
    }
    const found = this.find(tx, action.do === "drop" ? action.name : action.from);
    if (found === undefined) return;
    if (action.do === "drop") {
      tx.dropTree(found.tree);
      this.effect({ kind: "drop", tree: found.id });
      return;
    }
    const taken = this.state.names.has(action.to);
    if (expectTaken(taken, () => tx.renameTree(found.tree, action.to))) {
      this.effect({ kind: "rename", tree: found.id, name: action.to });
    }
  }

  private find(
    tx: WriteTransaction,
    name: string,
  ): { id: number; tree: TreeRef; model: ModelTree } | undefined {
    const id = this.state.names.get(name);
    const tree = tx.tree(name);
    assert((id === undefined) === (tree === undefined), `engine and model have the tree ${name}`);
    return id === undefined ? undefined : { id, tree: tree!, model: this.state.tree(id) };
  }

  private effect(effect: Effect): void {
    this.effects.push(effect);
    this.state.apply(effect);
  }
}

/** Whether `define` was done: it must fail exactly if the name is taken. */
function expectTaken(taken: boolean, define: () => unknown): boolean {
  try {
    define();
  } catch (error) {
    if (!taken || !(error instanceof AegisError) || error.code !== "OBJECT_EXISTS") throw error;
    return false;
  }
  assert(!taken, "a tree was given a name that is taken");
  return true;
}

function rangeFits(shape: ShapeName, { start, end }: Range): boolean {
  return (
    (start === undefined || fitsKey(shape, start)) && (end === undefined || fitsKey(shape, end))
  );
}
