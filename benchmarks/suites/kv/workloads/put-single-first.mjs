import singlePuts from "./put-single.mjs";
import { drawUpdates } from "../updates.mjs";

const PUTS = 1000;

/** The code of a put is compiled meanwhile, where it is JavaScript. */
export default {
  ...singlePuts,
  title: "the first 1,000 of them in a process",
  order: 9.5,
  budgets: [],
  prepare: (data, { quick }) => drawUpdates(data, quick ? PUTS / 10 : PUTS, 6),
};
