import { unreachable } from "../errors.js";
import { foreignReads } from "./read-anomalies.js";
import type { HistoryTransaction, Version } from "./serializability.js";
import type { Item, VersionTable } from "./version-table.js";

/**
 * `from` comes before `to` in every equivalent serial order, because `to`
 *
 * - `ww`: replaced a version that `from` wrote
 * - `wr`: read a version that `from` wrote
 * - `rw`: replaced a version that `from` read
 * - `phantom`: inserted a row that `from` did not find in a range it read
 * - `rt`: began after `from` had ended
 */
export type DependencyKind = "ww" | "wr" | "rw" | "phantom" | "rt";

export interface Dependency {
  readonly kind: DependencyKind;
  /** Indexes into the history. */
  readonly from: number;
  readonly to: number;
  readonly item?: Item;
  readonly before?: Version | undefined;
  readonly after?: Version;
}

/** The direct dependencies among the committed transactions of a history (Adya's DSG). */
export class DependencyGraph {
  readonly #history: readonly HistoryTransaction[];
  readonly #outgoing: Map<number, Dependency[]> = new Map();
  readonly #known: Set<string> = new Set();

  constructor(
    history: readonly HistoryTransaction[],
    versions: VersionTable,
    readonly realTime: boolean,
  ) {
    this.#history = history;
    for (const [index, transaction] of history.entries()) {
      if (transaction.outcome === "committed") this.#outgoing.set(index, []);
    }
    for (const index of this.nodes()) {
      foreignReads(history[index]!, versions, (item, version, inRange) => {
        if (version === undefined) this.#addAbsentRead(index, item, inRange);
        else this.#addRead(index, item, version, versions);
      });
    }
    for (const item of versions.items()) this.#addWrites(item);
    if (realTime) this.#addRealTime();
  }

  nodes(): Iterable<number> {
    return this.#outgoing.keys();
  }

  outgoing(node: number): readonly Dependency[] {
    return this.#outgoing.get(node)!;
  }

  id(node: number): HistoryTransaction["id"] {
    return this.#history[node]!.id;
  }

  explain(dependency: Dependency): string {
    const { kind, before, after } = dependency;
    const from = this.id(dependency.from);
    const to = this.id(dependency.to);
    const name = dependency.item?.name ?? "";
    switch (kind) {
      case "ww":
        return `${from} -ww-> ${to}: ${to} replaced ${before} of ${name} by ${after}`;
      case "wr":
        return `${from} -wr-> ${to}: ${to} read ${after} of ${name}`;
      case "rw":
        return `${from} -rw-> ${to}: ${from} read ${before ?? "nothing"} of ${name}, which ${to} replaced by ${after}`;
      case "phantom":
        return `${from} -rw-> ${to}: ${from} read a range without ${name}, into which ${to} put ${after}`;
      case "rt":
        return `${from} -rt-> ${to}: ${to} began after the end of ${from}`;
      default:
        return unreachable(kind);
    }
  }

  #add(dependency: Dependency): void {
    const { from, to, kind } = dependency;
    if (from === to) return;
    const name = `${from} ${kind} ${to}`;
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.#outgoing.get(from)!.push(dependency);
  }

  #addWrites(item: Item): void {
    for (const [place, written] of item.installed.entries()) {
      if (place === 0) continue;
      const { writer: from, version: before } = item.installed[place - 1]!;
      this.#add({ kind: "ww", from, to: written.writer, item, before, after: written.version });
    }
  }

  #addRead(reader: number, item: Item, version: Version, versions: VersionTable): void {
    const written = versions.find(version);
    const place = written === undefined ? undefined : versions.place(written);
    if (written === undefined || place === undefined || written.item !== item) return;
    this.#add({ kind: "wr", from: written.writer, to: reader, item, after: version });
    const next = item.installed[place + 1];
    if (next === undefined) return;
    const { writer: to, version: after } = next;
    this.#add({ kind: "rw", from: reader, to, item, before: version, after });
  }

  /**
   * The row was missing because nothing was installed yet or because of one of its deletions that
   * the reader could see at all. Certain is only that the reader precedes what follows the last.
   */
  #addAbsentRead(reader: number, item: Item, inRange: boolean): void {
    const { end } = this.#history[reader]!;
    const last = item.installed.findLastIndex(
      (written) => written.deleted && this.#history[written.writer]!.begin < end,
    );
    const next = item.installed[last + 1];
    if (next === undefined) return;
    const kind = inRange ? "phantom" : "rw";
    this.#add({
      kind,
      from: reader,
      to: next.writer,
      item,
      before: undefined,
      after: next.version,
    });
  }

  /**
   * Sweeps through begins and ends with the set of ended transactions that no later ended one
   * implies: an edge from each of these to every transaction that begins is enough.
   */
  #addRealTime(): void {
    const events: { time: number; node: number; ends: boolean }[] = [];
    for (const node of this.nodes()) {
      const { begin, end } = this.#history[node]!;
      events.push({ time: begin, node, ends: false }, { time: end, node, ends: true });
    }
    // A begin at the time of an end counts as concurrent with it.
    events.sort((a, b) => a.time - b.time || Number(a.ends) - Number(b.ends));
    const frontier = new Set<number>();
    for (const { node, ends } of events) {
      if (!ends) {
        for (const from of frontier) this.#add({ kind: "rt", from, to: node });
        continue;
      }
      for (const ended of frontier) {
        if (this.#known.has(`${ended} rt ${node}`)) frontier.delete(ended);
      }
      frontier.add(node);
    }
  }
}
