import { join } from "node:path";
import { keyOf } from "../data.mjs";

export default {
  title: "lmdb",
  durability:
    "`overlappingSync: false`: a write's promise settles after the transaction is synced to disk.",
  library: () => import("lmdb"),
  async open({ open }, folder) {
    const db = open({ path: join(folder, "lmdb"), overlappingSync: false });
    return {
      write: (rows, texts) =>
        db.batch(() => {
          for (let i = 0; i < rows.length; i++) db.put(keyOf(rows[i]), texts[i]);
        }),
      read: (row) => db.get(keyOf(row)),
      scan() {
        let bytes = 0;
        for (const { value } of db.getRange()) bytes += value.length;
        return bytes;
      },
      checkpoint: async () => db.flushed,
      close: () => db.close(),
    };
  },
};
