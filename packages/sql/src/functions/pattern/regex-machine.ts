import {
  ASSERTION,
  CHARACTER,
  JUMP,
  MATCH,
  type RegexProgram,
  SAVE,
  SPLIT,
} from "./regex-program.js";

/** The first match at or after a place: start and end of it and of each group; -1 where unset. */
export type Places = readonly number[];

/** The places of a way whose places nobody asks for. */
const NOWHERE: Places = [];

/**
 * Which of the matches at the leftmost place: the shortest, the longest, or the longest one whose
 * groups too are as long as they can be, the first of them before all.
 */
export type MatchMode = "shortest" | "longest" | "longestGroups";

/**
 * Runs a program in time proportional to the text, however it is written: all ways to match go
 * through the text side by side, and of two that stand at one instruction the better is kept. Otherwise the first way counts that the program names.
 */
export class RegexMachine {
  private readonly program: RegexProgram;
  private readonly mode: MatchMode;
  private current: ThreadList;
  private next: ThreadList;

  constructor(program: RegexProgram, mode: MatchMode) {
    this.program = program;
    this.mode = mode;
    this.current = new ThreadList(program.codes.length);
    this.next = new ThreadList(program.codes.length);
  }

  /** Whether there is a match; nothing is kept of where. */
  test(text: string): boolean {
    const { codes, a, tests } = this.program;
    this.current.clear();
    for (let at = 0; ;) {
      this.follow(this.current, 0, NOWHERE, text, at);
      const code = at < text.length ? text.codePointAt(at)! : -1;
      const after = at + (code > 0xffff ? 2 : 1);
      this.next.clear();
      for (let i = 0; i < this.current.length; i++) {
        const thread = this.current.instructions[i]!;
        if (codes[thread] === MATCH) return true;
        if (code >= 0 && tests[a[thread]!]!.passes(code)) {
          this.follow(this.next, thread + 1, NOWHERE, text, after);
        }
      }
      if (code < 0) return false;
      [this.current, this.next] = [this.next, this.current];
      at = after;
    }
  }

  find(text: string, from: number): Places | undefined {
    const { codes, a, tests, slots } = this.program;
    const unset = Array.from({ length: slots }, () => -1);
    let best: Places | undefined;
    this.current.clear();
    for (let at = from; ;) {
      if (best === undefined) this.follow(this.current, 0, unset, text, at);
      if (this.current.length === 0 && best !== undefined) return best;
      const code = at < text.length ? text.codePointAt(at)! : -1;
      const after = at + (code > 0xffff ? 2 : 1);
      this.next.clear();
      for (let i = 0; i < this.current.length; i++) {
        const thread = this.current.instructions[i]!;
        const places = this.current.reached(thread)!;
        // What began later than the match is of no more interest.
        if (best !== undefined && places[0]! > best[0]!) break;
        if (codes[thread] === MATCH) {
          if (best === undefined || places[1]! > best[1]!) best = places;
          if (this.mode === "shortest") return best;
        } else if (code >= 0 && tests[a[thread]!]!.passes(code)) {
          this.follow(this.next, thread + 1, places, text, after);
        }
      }
      if (code < 0) return best;
      [this.current, this.next] = [this.next, this.current];
      at = after;
    }
  }

  /** Adds what an instruction leads to without taking a character, the better ways first. */
  private follow(
    list: ThreadList,
    instruction: number,
    places: Places,
    text: string,
    at: number,
  ): void {
    const { codes, a, b, assertions } = this.program;
    // Each entry is an instruction and the places on the way to it.
    const open: (number | Places)[] = [instruction, places];
    while (open.length > 0) {
      const kept = open.pop() as Places;
      const here = open.pop() as number;
      const known = list.reached(here);
      if (known !== undefined && !this.isBetter(kept, known)) continue;
      list.reach(here, kept);
      switch (codes[here]!) {
        case CHARACTER:
        case MATCH:
          if (known === undefined) list.push(here);
          break;
        case JUMP:
          open.push(a[here]!, kept);
          break;
        case SPLIT:
          open.push(b[here]!, kept, a[here]!, kept);
          break;
        case SAVE: {
          if (kept === NOWHERE) {
            open.push(here + 1, kept);
            break;
          }
          const changed = kept.slice();
          changed[a[here]!] = at;
          // A group that begins again has no end yet.
          if (a[here]! % 2 === 0) changed[a[here]! + 1] = -1;
          open.push(here + 1, changed);
          break;
        }
        case ASSERTION: {
          const assertion = assertions[a[here]!]!;
          assertion.lastIndex = at;
          if (assertion.test(text)) open.push(here + 1, kept);
          break;
        }
      }
    }
  }

  private isBetter(a: Places, b: Places): boolean {
    if (this.mode !== "longestGroups" || a[0] !== b[0]) return false;
    for (let i = 2; i < a.length; i += 2) {
      const order = spanOrder(a[i]!, a[i + 1]!, b[i]!, b[i + 1]!);
      if (order !== 0) return order < 0;
    }
    return false;
  }
}

/** Negative if the first span is the longer one; one without an end goes on to the same place. */
function spanOrder(aStart: number, aEnd: number, bStart: number, bEnd: number): number {
  if (aStart < 0 || bStart < 0) return 0;
  if (aEnd < 0 || bEnd < 0) return aEnd < 0 && bEnd < 0 ? aStart - bStart : 0;
  return bEnd - bStart - (aEnd - aStart);
}

/** Threads in the order of preference, at most one for each instruction. */
class ThreadList {
  readonly instructions: Int32Array;
  length = 0;
  private readonly places: (Places | undefined)[];
  private readonly marks: Uint32Array;
  private generation = 1;

  constructor(instructions: number) {
    this.instructions = new Int32Array(instructions);
    this.places = Array.from({ length: instructions }, () => undefined);
    this.marks = new Uint32Array(instructions);
  }

  clear(): void {
    this.length = 0;
    this.generation++;
  }

  /** The places on the best way to an instruction; undefined if there was none. */
  reached(instruction: number): Places | undefined {
    return this.marks[instruction] === this.generation ? this.places[instruction] : undefined;
  }

  reach(instruction: number, places: Places): void {
    this.marks[instruction] = this.generation;
    this.places[instruction] = places;
  }

  push(instruction: number): void {
    this.instructions[this.length++] = instruction;
  }
}
