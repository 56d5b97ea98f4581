import { reopenWorkload } from "../reopening.mjs";

/** The log of this load is under 64 MB, for which the budget adds a second. */
export default reopenWorkload({
  title: "open after the process was killed, to the first read",
  order: 11,
  ending: "crash",
  budgets: [{ phase: "reopened", atMost: 1020 }],
});
