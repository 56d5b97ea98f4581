import type { WriteTransaction } from "../engine/contract.js";
import { AegisError } from "../errors.js";
import type { Catalog } from "./catalog.js";
import type { CatalogState, Relation } from "./catalog-state.js";

/**
 * The catalog as one transaction sees and changes it. Which names it has asked for is read through
 * the transaction, so that one that changes such a name meanwhile makes this one fail.
 */
export class CatalogChanges {
  readonly base: CatalogState;
  readonly #catalog: Catalog;
  readonly #tx: WriteTransaction;
  readonly #tracked: boolean;
  #touched: Set<string> | undefined;
  #state: CatalogState;
  /** Earlier states, each with the savepoint that was current when it was left. */
  #history: { readonly at: number; readonly state: CatalogState }[] | undefined;

  /** `tracked` is false where nothing can interleave with the transaction. */
  constructor(catalog: Catalog, tx: WriteTransaction, base: CatalogState, tracked: boolean) {
    this.base = base;
    this.#catalog = catalog;
    this.#tx = tx;
    this.#tracked = tracked;
    this.#state = base;
  }

  get state(): CatalogState {
    return this.#state;
  }

  /** Has the commit fail if another transaction changes what the name stands for. */
  touch(schema: string, name: string): void {
    if (!this.#tracked) return;
    const key = `${schema}\0${name}`;
    this.#touched ??= new Set();
    if (this.#touched.has(key)) return;
    // Before there is a catalog nothing can be noted, so that it is done once there is one.
    if (this.#catalog.touch(this.#tx, schema, name)) this.#touched.add(key);
  }

  /** Has the commit fail if another transaction defines anything. */
  touchAll(): void {
    if (this.#tracked) this.#catalog.touchAll(this.#tx);
  }

  /** Has transactions fail that have used a name, and commit after this one. */
  disturb(schema: string, name: string): void {
    const relation = this.#state.find(schema, name);
    if (relation === undefined) return;
    this.touch(schema, name);
    this.#catalog.put(this.#tx, relation);
  }

  /** Fails if the name is taken. */
  assertFree(schema: string, name: string): void {
    this.touch(schema, name);
    if (this.#state.find(schema, name) === undefined) return;
    throw new AegisError("TABLE_EXISTS", `relation "${name}" already exists`);
  }

  /** A version for a definition that is about to be made. */
  nextVersion(): number {
    return this.#tx.nextVersion();
  }

  /** Puts `relation` in the place of `before`, whose name may be another. */
  replace(before: Relation | undefined, relation: Relation): void {
    const { schema, name } = relation;
    this.#catalog.ensureTree();
    const at = this.#tx.savepoint();
    const renamed = before !== undefined && (before.schema !== schema || before.name !== name);
    if (before !== undefined) this.touch(before.schema, before.name);
    if (renamed || before === undefined) {
      this.touch(schema, "");
      this.assertFree(schema, name);
    }
    if (renamed) this.#catalog.remove(this.#tx, before.schema, before.name);
    this.#catalog.put(this.#tx, relation);
    const version = this.#begin(at);
    this.#state = this.#state.changed(version, renamed ? [before] : [], [relation]);
  }

  remove(relation: Relation): void {
    const at = this.#tx.savepoint();
    this.touch(relation.schema, relation.name);
    this.#catalog.remove(this.#tx, relation.schema, relation.name);
    const version = this.#begin(at);
    this.#state = this.#state.changed(version, [relation], []);
  }

  createSchema(name: string): void {
    const at = this.#tx.savepoint();
    this.touch(name, "");
    if (this.#state.schemas.includes(name)) {
      throw new AegisError("OBJECT_EXISTS", `schema "${name}" already exists`);
    }
    const version = this.#begin(at);
    this.#catalog.putSchema(this.#tx, name, version);
    this.#state = this.#state.withSchemas(version, [...this.#state.schemas, name].sort());
  }

  dropSchema(name: string): void {
    const at = this.#tx.savepoint();
    this.touch(name, "");
    this.#catalog.remove(this.#tx, name, "");
    const schemas = this.#state.schemas.filter((schema) => schema !== name);
    this.#state = this.#state.withSchemas(this.#begin(at), schemas);
  }

  /** Goes back to what was there at a savepoint of the transaction. */
  rolledBackTo(savepoint: number): void {
    const history = this.#history ?? [];
    while (history.length > 0 && history.at(-1)!.at >= savepoint) {
      this.#state = history.pop()!.state;
    }
  }

  #begin(at: number): number {
    const version = this.nextVersion();
    this.#history ??= [];
    this.#history.push({ at, state: this.#state });
    this.#catalog.putVersion(this.#tx, version);
    return version;
  }
}
