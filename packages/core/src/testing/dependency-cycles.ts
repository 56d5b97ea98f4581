import type { Dependency, DependencyGraph, DependencyKind } from "./dependency-graph.js";
import type { Anomaly, CycleName } from "./serializability.js";
import { strongComponents } from "./strong-components.js";

/** First dependencies tried for one kind of cycle in one component: bounds the search. */
const MAX_STARTS = 2_000;

/** A kind of cycle: a dependency of `start`, then any of `via` back to where it began. */
interface CycleRule {
  readonly name: CycleName;
  readonly start: readonly DependencyKind[];
  readonly via: readonly DependencyKind[];
  /** Another anti-dependency must follow. */
  readonly several: boolean;
  /** No two anti-dependencies may be next to each other. */
  readonly nonAdjacent: boolean;
}

const rule = (
  name: CycleName,
  start: readonly DependencyKind[],
  via: readonly DependencyKind[],
  several = false,
  nonAdjacent = false,
): CycleRule => ({ name, start, via, several, nonAdjacent });

/** The worst first. */
const rules: readonly CycleRule[] = [
  rule("G0", ["ww"], ["ww"]),
  rule("G1c", ["wr"], ["ww", "wr"]),
  rule("G-single", ["rw", "phantom"], ["ww", "wr"]),
  rule("G-nonadjacent", ["rw", "phantom"], ["ww", "wr", "rw", "phantom"], true, true),
  rule("G2-item", ["rw"], ["ww", "wr", "rw"], true),
  rule("G2", ["phantom"], ["ww", "wr", "rw", "phantom"], true),
];

const isAnti = (dependency: Dependency): boolean =>
  dependency.kind === "rw" || dependency.kind === "phantom";

/**
 * One shortest cycle of each kind for each strongly connected component, first without real time;
 * then, if the graph has it, those cycles that only close through it.
 */
export function findCycles(graph: DependencyGraph): Anomaly[] {
  const found = new Map<string, Anomaly>();
  for (const realTime of graph.realTime ? [false, true] : [false]) {
    const outgoing = (node: number): readonly Dependency[] =>
      graph.outgoing(node).filter((dependency) => realTime || dependency.kind !== "rt");
    for (const component of strongComponents(graph.nodes(), outgoing)) {
      for (const kind of rules) {
        const search = new CycleSearch(component, outgoing, kind, realTime);
        const cycle = search.shortest();
        if (cycle === undefined) continue;
        if (realTime && !cycle.some((dependency) => dependency.kind === "rt")) continue;
        const name = cycle.map((dependency) => `${dependency.from} ${dependency.kind}`);
        const identity = name.toSorted().join();
        if (found.has(identity)) continue;
        found.set(identity, {
          name: kind.name,
          realTime,
          transactions: cycle.map((dependency) => graph.id(dependency.from)),
          explanation: cycle.map((dependency) => graph.explain(dependency)),
        });
      }
    }
  }
  return [...found.values()];
}

/** A node together with what the path to it has seen of anti-dependencies. */
interface Step {
  readonly node: number;
  readonly afterAnti: boolean;
  readonly several: boolean;
  readonly by: Dependency;
  readonly previous: Step | undefined;
}

class CycleSearch {
  readonly #component: ReadonlySet<number>;
  readonly #outgoing: (node: number) => readonly Dependency[];
  readonly #rule: CycleRule;
  readonly #via: ReadonlySet<DependencyKind>;

  constructor(
    component: ReadonlySet<number>,
    outgoing: (node: number) => readonly Dependency[],
    kind: CycleRule,
    realTime: boolean,
  ) {
    this.#component = component;
    this.#outgoing = outgoing;
    this.#rule = kind;
    this.#via = new Set<DependencyKind>(realTime ? [...kind.via, "rt"] : kind.via);
  }

  shortest(): Dependency[] | undefined {
    let best: Dependency[] | undefined;
    let starts = 0;
    for (const node of this.#component) {
      for (const start of this.#outgoing(node)) {
        if (!this.#component.has(start.to) || !this.#rule.start.includes(start.kind)) continue;
        const cycle = this.#cycleFrom(start);
        if (cycle !== undefined && (best === undefined || cycle.length < best.length)) best = cycle;
        starts += 1;
        if (best?.length === 2 || starts === MAX_STARTS) return best;
      }
    }
    return best;
  }

  /** Breadth first from the end of `start` to its beginning. */
  #cycleFrom(start: Dependency): Dependency[] | undefined {
    const first: Step = {
      node: start.to,
      afterAnti: isAnti(start),
      several: false,
      by: start,
      previous: undefined,
    };
    const queue = [first];
    const visited = new Set<number>();
    for (const step of queue) {
      for (const by of this.#outgoing(step.node)) {
        if (!this.#component.has(by.to) || !this.#via.has(by.kind)) continue;
        const anti = isAnti(by);
        if (this.#rule.nonAdjacent && anti && step.afterAnti) continue;
        const several = step.several || anti;
        const next: Step = { node: by.to, afterAnti: anti, several, by, previous: step };
        if (by.to === start.from) {
          if (this.#closes(next)) return path(next);
          continue;
        }
        const identity = next.node * 4 + Number(anti) * 2 + Number(several);
        if (visited.has(identity) || passes(step, by.to)) continue;
        visited.add(identity);
        queue.push(next);
      }
    }
    return undefined;
  }

  /** The last dependency of a cycle is next to its first. */
  #closes(last: Step): boolean {
    if (this.#rule.several && !last.several) return false;
    return !(this.#rule.nonAdjacent && last.afterAnti);
  }
}

/** A cycle visits each transaction once: a walk that returns to one holds a smaller cycle. */
function passes(last: Step, node: number): boolean {
  for (let step: Step | undefined = last; step !== undefined; step = step.previous) {
    if (step.node === node) return true;
  }
  return false;
}

function path(last: Step): Dependency[] {
  const dependencies: Dependency[] = [];
  for (let step: Step | undefined = last; step !== undefined; step = step.previous) {
    dependencies.push(step.by);
  }
  return dependencies.reverse();
}
