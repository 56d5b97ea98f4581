import { scanUpdatedWorkload } from "../scan-updated.mjs";

export default scanUpdatedWorkload({
  title: "scan after 5 % scattered updates, not compacted: `kv.list` of 1 million rows",
  order: 40,
  model: "kv",
  scanOf: (store) => store.scan,
});
