import { getWorkload } from "../reads.mjs";

export default getWorkload({
  title: "get, 200-byte object",
  order: 2,
  values: "object",
  engines: ["aegis", "lmdb", "lmdb-cache", "sqlite", "level"],
  size: (value) => value.name.length + value.age,
  budgets: [
    { phase: "loaded", peer: "lmdb", atLeast: 2 },
    { phase: "loaded", peer: "lmdb-cache", atLeast: 2 },
    { phase: "reopened", peer: "lmdb", atLeast: 1 },
  ],
});
