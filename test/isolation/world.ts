import type { Prng } from "../../packages/core/src/base/prng.js";
import { Database } from "../../packages/core/src/database.js";
import type { OpenedEngine } from "../../packages/core/src/engine/open-engine.js";
import { resolveOptions } from "../../packages/core/src/options.js";
import { openTestEngine } from "../../packages/core/src/testing/simulation/engine-fixture.js";

/** Where histories are recorded: what should make no difference, and what makes plans differ. */
export interface World {
  readonly memory: boolean;
  readonly inlineBackground: boolean;
  readonly writeBufferBytes: number;
  /** Whether a client flushes and compacts between the turns of the others. */
  readonly maintained: boolean;
  readonly indexes: readonly string[];
}

const INDEXES: readonly (readonly string[])[] = [
  [],
  ["(grp)", "(parent)"],
  ["(grp, ver)", "(parent)"],
  ["(grp DESC, id)", "(parent, grp)", "(code DESC)"],
  ["(grp, id)"],
];

export function randomWorld(prng: Prng): World {
  const memory = prng.chance(0.35);
  return {
    memory,
    inlineBackground: prng.chance(0.5),
    writeBufferBytes: prng.pick([1, 2048, 16 * 1024, 1024 * 1024]),
    maintained: !memory && prng.chance(0.6),
    indexes: prng.pick(INDEXES),
  };
}

export interface OpenWorld {
  readonly db: Database;
  readonly opened: OpenedEngine;
}

/** An empty database on a disk in memory. */
export function openWorld(world: World, prng: Prng): OpenWorld {
  const opened = openTestEngine({
    memory: world.memory,
    inlineBackground: world.inlineBackground,
    writeBufferBytes: world.writeBufferBytes,
    prng,
  });
  return { opened, db: new Database(opened, resolveOptions(":memory:")) };
}
