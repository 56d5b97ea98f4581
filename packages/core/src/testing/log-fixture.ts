import { expect } from "vitest";
import { Prng } from "../base/prng.js";
import type { CommitLog } from "../log/contract.js";

/** Largest record of the logs under test. */
export const MAX_RECORD_BYTES: number = 1024 * 1024;

/** Bytes that tell their length and number, so that no record can pass for another. */
export function recordOf(number: number, length: number): Uint8Array {
  return new Prng(number * MAX_RECORD_BYTES + length).bytes(length);
}

export interface Appended {
  readonly position: number;
  readonly payload: Uint8Array;
}

/** Appends at the log's end; `settled` is the promise of `append`. */
export function appendTo(
  log: CommitLog,
  payload: Uint8Array,
): Appended & { settled: Promise<void> } {
  let position = -1;
  const settled = log.append(payload, log.end, (at) => {
    expect(position).toBe(-1);
    position = at;
  });
  return { position, payload, settled };
}

/** What `read` gives, copied: a record's bytes are only valid until the next step. */
export function readAll(log: CommitLog, from = 0): Appended[] {
  const records = log.read(from);
  return Array.from(records, ({ position, payload }) => ({ position, payload: payload.slice() }));
}

export function expectRecords(found: readonly Appended[], expected: readonly Appended[]): void {
  expect(found.map((record) => record.position)).toEqual(expected.map((r) => r.position));
  found.forEach((record, i) => {
    expect(Buffer.compare(record.payload, expected[i]!.payload)).toBe(0);
  });
}

/** The code an operation fails with, thrown or rejected; "" if it does not fail. */
export async function codeOf(operation: () => unknown): Promise<string> {
  try {
    await operation();
    return "";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
