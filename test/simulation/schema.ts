import type { Connection } from "./connection.js";
import { SCHEMA } from "./operations.js";

/** Makes the tables. */
export async function createSchema(connection: Connection): Promise<void> {
  await connection.transaction(
    (tx) => {
      for (const text of SCHEMA) tx.query(text);
    },
    { isolation: "serializable" },
  );
}
