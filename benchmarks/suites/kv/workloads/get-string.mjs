import { getWorkload } from "../reads.mjs";

export default getWorkload({
  title: "get, 64-byte string",
  order: 1,
  values: "string",
  size: (value) => value.length,
  budgets: [
    { phase: "loaded", peer: "lmdb", atLeast: 2 },
    { phase: "reopened", peer: "lmdb", atLeast: 1 },
  ],
});
