const ASCII = 128;
const UNKNOWN = 0;
const PASSES = 1;
const FAILS = 2;
/** Other characters whose answer is kept. */
const MAX_KEPT = 4096;

/** Whether characters are of a class that JavaScript's syntax describes; answers are remembered. */
export class CharacterTest {
  private readonly regex: RegExp;
  private readonly ascii = new Uint8Array(ASCII);
  private readonly others = new Map<number, boolean>();

  constructor(source: string, flags: string) {
    this.regex = new RegExp(`^${source}$`, flags);
  }

  passes(code: number): boolean {
    if (code < ASCII) {
      const known = this.ascii[code]!;
      if (known !== UNKNOWN) return known === PASSES;
      const passes = this.regex.test(String.fromCharCode(code));
      this.ascii[code] = passes ? PASSES : FAILS;
      return passes;
    }
    let passes = this.others.get(code);
    if (passes === undefined) {
      passes = this.regex.test(String.fromCodePoint(code));
      if (this.others.size < MAX_KEPT) this.others.set(code, passes);
    }
    return passes;
  }
}
