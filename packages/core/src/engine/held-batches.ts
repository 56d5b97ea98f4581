import type { Batch } from "@aegisdb/sql/contract";
import type { BufferPool } from "../run/buffer-pool.js";

/**
 * Batches whose vectors stay as they are while the consumer has them, whatever else it reads
 * meanwhile; between two batches the pool may take its memory back.
 */
export function* heldBatches(batches: Iterable<Batch>, pool: BufferPool): Generator<Batch, void> {
  for (const batch of batches) {
    pool.hold();
    try {
      yield batch;
    } finally {
      pool.unhold();
    }
    pool.nextStep();
  }
}
