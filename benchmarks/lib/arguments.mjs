import { parseArgs } from "node:util";

const USAGE = `Usage: npm run bench -- <suite> [options]

  --quick              a tenth of the data, 3 repetitions; writes no summary and no page
  --engines a,b        only these engines (names of files in suites/<suite>/engines)
  --workloads a,b      only these workloads (names of files in suites/<suite>/workloads)
  --repetitions n      repetitions of everything, interleaved (default 5; limits have their own)
  --rows n             rows to load (default: the suite's; not for limits)
  --directory path     where the databases lie; its disk is what is measured
  --no-build           take the packages as they were built last
`;

const REPETITIONS = 5;
const QUICK_REPETITIONS = 3;

const list = (text) => text?.split(",").filter((name) => name !== "");

const positive = (text, name) => {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new UsageError(`--${name} takes a positive whole number, not "${text}"`);
};

export class UsageError extends Error {
  constructor(message) {
    super(`${message}\n\n${USAGE}`);
  }
}

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} suites
 */
export function parseArguments(args, suites) {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        engines: { type: "string" },
        workloads: { type: "string" },
        repetitions: { type: "string" },
        rows: { type: "string" },
        directory: { type: "string" },
        "no-build": { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { positionals, values } = parsed;
  const [suite] = positionals;
  if (positionals.length !== 1 || !suites.includes(suite)) {
    throw new UsageError(`Name one suite: ${suites.join(", ")}.`);
  }
  const repetitions = positive(values.repetitions, "repetitions");
  return {
    suite,
    quick: values.quick,
    engines: list(values.engines),
    workloads: list(values.workloads),
    repetitions: repetitions ?? (values.quick ? QUICK_REPETITIONS : REPETITIONS),
    rows: positive(values.rows, "rows"),
    directory: values.directory,
    build: !values["no-build"],
  };
}
