import type { Database } from "aegisdb";

/**
 * Resolves when everything that a read of this moment may have seen is durable. A write is visible
 * to reads before the disk has it; a reply must not tell what a power cut could still undo.
 */
export function seenIsDurable(database: Database): Promise<void> | undefined {
  const { end, durableEnd } = database.stats().log;
  return durableEnd < end ? database.flush() : undefined;
}
