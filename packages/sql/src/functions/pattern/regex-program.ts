import { CharacterTest } from "./character-test.js";
import type { RegexNode } from "./regex-node.js";
import { tooComplex } from "./regex-parser.js";

/** Instructions of a program; counted repetitions are written out. */
const MAX_INSTRUCTIONS = 20_000;

/** Takes one character that passes test `a`. */
export const CHARACTER = 0;
/** Goes on if assertion `a` holds here. */
export const ASSERTION = 1;
/** Goes on at `a` and, less willingly, at `b`. */
export const SPLIT = 2;
export const JUMP = 3;
/** Keeps the place in slot `a`. */
export const SAVE = 4;
export const MATCH = 5;

/**
 * An expression as instructions of a machine whose threads all run at once, one character after
 * the other. Instruction i is `codes[i]` with operands `a[i]` and `b[i]`.
 */
export interface RegexProgram {
  readonly codes: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly tests: readonly CharacterTest[];
  readonly assertions: readonly RegExp[];
  /** Places that a match keeps: start and end of it and of each group. */
  readonly slots: number;
}

export function compileProgram(
  root: RegexNode,
  groups: number,
  caseless: boolean,
  lazy: boolean,
): RegexProgram {
  const writer = new ProgramWriter(caseless ? "iu" : "u", lazy);
  writer.emit(SAVE, 0, 0);
  writer.node(root);
  writer.emit(SAVE, 1, 0);
  writer.emit(MATCH, 0, 0);
  return writer.finish(2 * (groups + 1));
}

class ProgramWriter {
  private readonly codes: number[] = [];
  private readonly a: number[] = [];
  private readonly b: number[] = [];
  private readonly tests: CharacterTest[] = [];
  private readonly testNumbers = new Map<string, number>();
  private readonly assertions: RegExp[] = [];
  private readonly flags: string;
  private readonly lazy: boolean;

  constructor(flags: string, lazy: boolean) {
    this.flags = flags;
    this.lazy = lazy;
  }

  emit(code: number, a: number, b: number): number {
    if (this.codes.length >= MAX_INSTRUCTIONS) throw tooComplex();
    this.codes.push(code);
    this.a.push(a);
    this.b.push(b);
    return this.codes.length - 1;
  }

  finish(slots: number): RegexProgram {
    return {
      codes: Uint8Array.from(this.codes),
      a: Int32Array.from(this.a),
      b: Int32Array.from(this.b),
      tests: this.tests,
      assertions: this.assertions,
      slots,
    };
  }

  node(node: RegexNode): void {
    switch (node.kind) {
      case "set":
        this.emit(CHARACTER, this.test(node.source), 0);
        return;
      case "assertion":
        this.assertions.push(new RegExp(node.source, `${this.flags}y`));
        this.emit(ASSERTION, this.assertions.length - 1, 0);
        return;
      case "group":
        if (node.number !== undefined) this.emit(SAVE, 2 * node.number, 0);
        this.node(node.body);
        if (node.number !== undefined) this.emit(SAVE, 2 * node.number + 1, 0);
        return;
      case "sequence":
        for (const item of node.items) this.node(item);
        return;
      case "choice":
        this.choice(node.branches);
        return;
      case "repeat":
        this.repeat(node);
        return;
      case "lookaround":
      case "reference":
        throw tooComplex();
    }
  }

  private test(source: string): number {
    const known = this.testNumbers.get(source);
    if (known !== undefined) return known;
    this.tests.push(new CharacterTest(source, this.flags));
    this.testNumbers.set(source, this.tests.length - 1);
    return this.tests.length - 1;
  }

  private choice(branches: readonly RegexNode[]): void {
    const jumps: number[] = [];
    branches.forEach((branch, i) => {
      const isLast = i === branches.length - 1;
      const split = isLast ? -1 : this.emit(SPLIT, this.codes.length + 1, 0);
      this.node(branch);
      if (isLast) return;
      jumps.push(this.emit(JUMP, 0, 0));
      this.b[split] = this.codes.length;
    });
    for (const jump of jumps) this.a[jump] = this.codes.length;
  }

  private repeat(node: Extract<RegexNode, { kind: "repeat" }>): void {
    const lazy = this.lazy || node.lazy;
    for (let i = 0; i < node.min; i++) this.node(node.body);
    if (node.max === Infinity) {
      const split = this.branch(lazy);
      this.node(node.body);
      this.emit(JUMP, split, 0);
      this.leaveTo(split, lazy);
      return;
    }
    const splits: number[] = [];
    for (let i = node.min; i < node.max; i++) {
      splits.push(this.branch(lazy));
      this.node(node.body);
    }
    for (const split of splits) this.leaveTo(split, lazy);
  }

  /** A split whose one way is the next instruction; the other is set by `leaveTo`. */
  private branch(lazy: boolean): number {
    const next = this.codes.length + 1;
    return this.emit(SPLIT, lazy ? 0 : next, lazy ? next : 0);
  }

  private leaveTo(split: number, lazy: boolean): void {
    if (lazy) this.a[split] = this.codes.length;
    else this.b[split] = this.codes.length;
  }
}
