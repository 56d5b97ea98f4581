/**
 * Invocations and returns of a history in time order, as a doubly linked list from which placed
 * operations are lifted and put back in the reverse order, both in constant time. An operation of
 * unknown outcome has no return event. Node 0 is the head, node `end` the sentinel after the last.
 *
 *   node of operation i:  call 1 + i,  return 1 + n + i
 */
export class EventList {
  readonly #count: number;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #hasReturn: Uint8Array;

  constructor(operations: readonly { readonly invoked: number; readonly returned: number }[]) {
    const count = operations.length;
    this.#count = count;
    this.#next = new Int32Array(2 * count + 2);
    this.#previous = new Int32Array(2 * count + 2);
    this.#hasReturn = new Uint8Array(count);
    const events: { node: number; time: number }[] = [];
    for (const [index, { invoked, returned }] of operations.entries()) {
      events.push({ node: 1 + index, time: invoked });
      if (returned === Infinity) continue;
      this.#hasReturn[index] = 1;
      events.push({ node: 1 + count + index, time: returned });
    }
    // At equal times calls come first: operations that touch count as concurrent.
    events.sort((a, b) => a.time - b.time || a.node - b.node);
    let last = 0;
    for (const { node } of events) last = this.#link(last, node);
    this.#link(last, 2 * count + 1);
  }

  /** The first event; it is the sentinel if none is left. */
  get first(): number {
    return this.#next[0]!;
  }

  next(node: number): number {
    return this.#next[node]!;
  }

  isCall(node: number): boolean {
    return node <= this.#count;
  }

  /** Precondition: `node` is a call. */
  operation(node: number): number {
    return node - 1;
  }

  /** The event after the operation's call. */
  after(operation: number): number {
    return this.#next[1 + operation]!;
  }

  lift(operation: number): void {
    this.#unlink(1 + operation);
    if (this.#hasReturn[operation] === 1) this.#unlink(1 + this.#count + operation);
  }

  /** Precondition: `operation` is the last one lifted that has not been put back. */
  unlift(operation: number): void {
    if (this.#hasReturn[operation] === 1) this.#relink(1 + this.#count + operation);
    this.#relink(1 + operation);
  }

  #link(left: number, right: number): number {
    this.#next[left] = right;
    this.#previous[right] = left;
    return right;
  }

  #unlink(node: number): void {
    this.#link(this.#previous[node]!, this.#next[node]!);
  }

  #relink(node: number): void {
    this.#next[this.#previous[node]!] = node;
    this.#previous[this.#next[node]!] = node;
  }
}
