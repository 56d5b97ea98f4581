import { Backlog } from "../base/backlog.js";
import type { ChangeEvent, Engine, Subscription } from "../engine/contract.js";
import { AegisError } from "../errors.js";
import { MAX_WATCH_BACKLOG } from "../limits.js";
import { quote } from "./key.js";
import { EXPIRES_AT, VALUE, VERSION } from "./layout.js";
import { dateOf } from "./read.js";
import type { SpaceDirectory, SpaceTrees } from "./space.js";
import type { KeyValueChange, WatchOptions } from "./types.js";

interface Watcher {
  readonly namespace: string;
  readonly prefix: string;
  /** Commits up to this one were made before the watch began. */
  readonly after: number;
  readonly backlog: Backlog<KeyValueChange<unknown>>;
}

/** The expiry index row that was deleted last, if its moment had come. */
interface Due {
  readonly seq: number;
  readonly namespace: number;
  readonly key: string;
}

const NOTHING_DUE: Due = { seq: -1, namespace: -1, key: "" };

/**
 * Hands changes to those who watch. While anybody does, the feed listens to the trees once and
 * finds the watchers of a change by its namespace, so a write costs nothing for watchers of others.
 */
export class ChangeFeed {
  readonly #engine: Engine;
  readonly #spaces: SpaceDirectory;
  readonly #byNamespace = new Map<number, Set<Watcher>>();
  /** Watchers of namespaces that do not exist yet. */
  readonly #waiting = new Set<Watcher>();
  #subscriptions: readonly Subscription[] = [];
  #due: Due = NOTHING_DUE;

  constructor(engine: Engine, spaces: SpaceDirectory) {
    this.#engine = engine;
    this.#spaces = spaces;
  }

  watch<T>(namespace: string, { prefix = "", signal }: WatchOptions): Backlog<KeyValueChange<T>> {
    this.#engine.assertUsable();
    const backlog = new Backlog<KeyValueChange<unknown>>({
      limit: MAX_WATCH_BACKLOG,
      overflow: () => lagged(namespace),
      onEnd: () => this.#remove(watcher),
      signal,
    });
    const watcher: Watcher = { namespace, prefix, after: this.#engine.latest().seq, backlog };
    if (!backlog.ended) this.#add(watcher);
    return backlog as Backlog<KeyValueChange<T>>;
  }

  /** Ends every watch: what is queued is still delivered, then `error` if there is one. */
  end(error?: unknown): void {
    for (const watcher of this.#watchers()) watcher.backlog.end(error);
  }

  #watchers(): Watcher[] {
    return [...this.#waiting, ...[...this.#byNamespace.values()].flatMap((set) => [...set])];
  }

  #add(watcher: Watcher): void {
    if (this.#subscriptions.length === 0) this.#listen();
    if (!this.#place(watcher)) this.#waiting.add(watcher);
  }

  /** Puts a watcher with its namespace; false if the namespace does not exist. */
  #place(watcher: Watcher): boolean {
    const space = this.#spaces.find(watcher.namespace);
    if (space === undefined) return false;
    const watchers = this.#byNamespace.get(space.id);
    if (watchers === undefined) this.#byNamespace.set(space.id, new Set([watcher]));
    else watchers.add(watcher);
    return true;
  }

  #remove(watcher: Watcher): void {
    this.#waiting.delete(watcher);
    for (const [id, watchers] of this.#byNamespace) {
      if (watchers.delete(watcher) && watchers.size === 0) this.#byNamespace.delete(id);
    }
    if (this.#waiting.size === 0 && this.#byNamespace.size === 0) this.#unlisten();
  }

  #listen(): void {
    // The trees must be there to be listened to; making them is the only write of a watch.
    const trees = this.#spaces.trees() ?? this.#createTrees();
    const ended = (error?: unknown): void => this.end(error);
    this.#subscriptions = [
      this.#engine.subscribe(trees.expiry, (event) => this.#onExpiry(event), ended),
      this.#engine.subscribe(trees.entries, (event) => this.#onEntry(event), ended),
    ];
  }

  #createTrees(): SpaceTrees {
    const { value, durable } = this.#engine.autocommit((tx) => this.#spaces.ensureTrees(tx));
    // If the log fails, the watch ends with that error anyway.
    durable.catch(() => undefined);
    return value;
  }

  #unlisten(): void {
    for (const subscription of this.#subscriptions) subscription.close();
    this.#subscriptions = [];
  }

  /** An entry that is deleted behind its due index row has expired; see `EntryWriter`. */
  #onExpiry(event: ChangeEvent): void {
    if (event.kind !== "delete") return;
    const [expiresAt, namespace, key] = event.tree.codec.decode(event.key) as [
      number,
      number,
      string,
    ];
    this.#due = expiresAt <= event.time ? { seq: event.seq, namespace, key } : NOTHING_DUE;
  }

  #onEntry(event: ChangeEvent): void {
    const [namespace, key] = event.tree.codec.decode(event.key) as [number, string];
    for (const watcher of this.#waiting) if (this.#place(watcher)) this.#waiting.delete(watcher);
    const watchers = this.#byNamespace.get(namespace);
    if (watchers === undefined) return;
    const due = this.#due;
    const expired = due.seq === event.seq && due.namespace === namespace && due.key === key;
    for (const watcher of watchers) {
      if (event.seq <= watcher.after || !key.startsWith(watcher.prefix)) continue;
      watcher.backlog.push(changeOf(event, watcher.namespace, key, expired));
    }
  }
}

/** Decoded for each watcher anew, so that none can change what another gets. */
function changeOf(
  { row, time }: ChangeEvent,
  namespace: string,
  key: string,
  expired: boolean,
): KeyValueChange<unknown> {
  const timestamp = dateOf(time);
  if (row === null) {
    const type = expired ? "expire" : "delete";
    const gone = { value: undefined, version: undefined, expiresAt: undefined };
    return { type, namespace, key, ...gone, timestamp };
  }
  return {
    type: "set",
    namespace,
    key,
    value: row.json(VALUE),
    version: BigInt(row.number(VERSION)),
    expiresAt: row.isNull(EXPIRES_AT) ? undefined : dateOf(row.number(EXPIRES_AT)),
    timestamp,
  };
}

function lagged(namespace: string): AegisError {
  return new AegisError(
    "WATCH_LAGGED",
    `a watch of the namespace ${quote(namespace)} fell ${MAX_WATCH_BACKLOG} changes behind`,
    { hint: "Read the entries anew with list(), then watch again; and take changes faster." },
  );
}
