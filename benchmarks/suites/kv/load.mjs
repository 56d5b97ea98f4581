/** Rows of one durable batch. */
export const BATCH = 1000;

/** Loads all rows in the data's order through the store's batches. */
export async function loadInBatches(store, data) {
  for (let from = 0; from < data.rows; from += BATCH) {
    const rows = data.order.subarray(from, from + BATCH);
    const keys = Array.from(rows, (row) => data.keys[row]);
    await store.putBatch(
      keys,
      Array.from(rows, (row) => data.value(row)),
    );
  }
}
