import { scanUpdatedWorkload } from "../scan-updated.mjs";

export default scanUpdatedWorkload({
  title: "the same: count and sum of a column",
  order: 42,
  model: "sql",
  scanOf: (store) => store.aggregate,
});
