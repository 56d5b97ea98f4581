import { reopenWorkload } from "../reopening.mjs";

export default reopenWorkload({
  title: "open after close, to the first read",
  order: 10,
  ending: "close",
  budgets: [{ phase: "reopened", atMost: 20 }],
});
