import type { OpenedEngine } from "../../engine/open-engine.js";
import type { SimulationCounts } from "./counts.js";

/** Notes how far flushes and compactions were when something was taken hold of. */
export class HeldSince {
  private readonly flushes: number;
  private readonly compactions: number;

  constructor(private readonly opened: OpenedEngine) {
    this.flushes = opened.maintenance.flushes;
    this.compactions = opened.maintenance.compactions;
  }

  /** It is compared now. */
  count(counts: SimulationCounts): void {
    const { maintenance } = this.opened;
    if (maintenance.flushes > this.flushes) counts.heldAcrossFlushes++;
    if (maintenance.compactions > this.compactions) counts.heldAcrossCompactions++;
  }
}
