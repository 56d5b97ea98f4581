import { Prng } from "../../base/prng.js";
import { check } from "../../engine/check.js";
import type { Snapshot } from "../../engine/contract.js";
import { compareAll, unfinishedCursors, Walk } from "./engine-compare.js";
import { ModelState } from "./engine-model.js";
import type { EngineStep } from "./engine-steps.js";
import { Transactions } from "./engine-transactions.js";
import { HeldSince } from "./held.js";
import { Simulation, type SimulationParts } from "./simulation.js";
import type { MachineStep } from "./steps.js";

interface Held {
  readonly view: Snapshot;
  readonly state: ModelState;
  readonly walk: Walk | undefined;
  readonly since: HeldSince;
}

/** Trees of every shape, by the contract that models and SQL are built on. */
export class EngineSimulation extends Simulation<ModelState, Exclude<EngineStep, MachineStep>> {
  private transactions!: Transactions;
  private readonly held: Held[] = [];
  private treeIds = 1;

  constructor(parts: SimulationParts) {
    super(parts, new ModelState());
    unfinishedCursors.length = 0;
  }

  protected override connect(): void {
    const { opened, ledger, counts, pending } = this;
    this.transactions = new Transactions({
      ...{ engine: opened.engine, ledger, counts, pending },
      takeTreeId: () => this.treeIds++,
    });
  }

  protected override abandon(): void {
    for (const { view } of this.held.splice(0)) view.release();
    this.transactions.abandon();
  }

  protected override take(step: Exclude<EngineStep, MachineStep>): void | Promise<void> {
    switch (step.step) {
      case "commit":
        return this.transactions.commit(step);
      case "begin":
        return this.transactions.begin(step);
      case "work":
        return this.transactions.work(step);
      case "finish":
        return this.transactions.finish(step);
      case "hold":
        return this.hold(new Prng(step.seed));
      case "compareHeld":
        for (const { view, state, walk, since } of this.held) {
          compareAll(view, state, new Prng(step.seed), "a held snapshot");
          walk?.goOn(1 + (step.seed % 7));
          since.count(this.counts);
        }
        return undefined;
      case "release":
        this.held.splice(step.which, 1).forEach(({ view }) => view.release());
        return undefined;
    }
  }

  private hold(prng: Prng): void {
    const { state } = this.ledger;
    const view = this.opened.engine.snapshot();
    // A walk over the latest view holds what it needs by itself.
    const walked = prng.chance(0.5) ? view : this.opened.engine.latest();
    const name = [...state.names.keys()][prng.int(state.names.size + 1)];
    const walk =
      name === undefined ? undefined : new Walk(walked, name, state.named(name)!, prng.chance(0.5));
    this.held.push({ view, state, walk, since: new HeldSince(this.opened) });
    walk?.goOn(prng.int(4));
  }

  protected override compareLatest(prng: Prng): void {
    compareAll(this.opened.engine.latest(), this.ledger.state, prng, "the database");
  }

  protected override async problem(): Promise<string | undefined> {
    const [first] = (await check(this.opened, {})).problems;
    return first && `in ${first.where}: ${first.problem}`;
  }
}
