import { scanUpdatedWorkload } from "../scan-updated.mjs";

export default scanUpdatedWorkload({
  title: "the same: SELECT of all rows of a table",
  order: 41,
  model: "sql",
  scanOf: (store) => store.scan,
});
