/** Values by text; the one that was used least recently leaves when there are too many. */
export class TextCache<T> {
  readonly #entries: Map<string, T> = new Map();

  constructor(private readonly limit: number) {}

  get(text: string): T | undefined {
    const value = this.#entries.get(text);
    if (value === undefined) return undefined;
    this.#entries.delete(text);
    this.#entries.set(text, value);
    return value;
  }

  set(text: string, value: T): void {
    this.#entries.set(text, value);
    if (this.#entries.size <= this.limit) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
