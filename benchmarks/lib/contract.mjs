/**
 * What a suite, an engine and a workload are. Each is one small file; none knows the harness.
 *
 * @typedef {"loaded" | "reopened"} Phase
 *   loaded: right after the load, in the process that loaded; reopened: after checkpoint and close,
 *   in a fresh process.
 *
 * @typedef {object} Suite                       suites/<suite>/suite.mjs
 * @property {string} title
 * @property {string} description                Markdown for the page.
 * @property {number} rows
 * @property {number} quickRows
 * @property {(options: { rows: number, values: string }) => any} createData
 *
 * @typedef {object} Engine                      suites/<suite>/engines/<name>.mjs, default export
 * @property {string} title
 * @property {string} durability                 What a settled write has survived, and how.
 * @property {boolean} [onlyWhenNamed]           Takes part only in workloads that name it.
 * @property {boolean} [once]                    Takes part in the first repetition only: it takes minutes.
 * @property {boolean} [inMemory]                Has nothing to open again: it is not measured after reopen.
 * @property {Record<string, number>} [share]    By workload, the part of a list of operations that it is
 *   given, where all of them would take minutes. Rates are of what was done.
 * @property {() => Promise<any>} library        Imports it; not timed.
 * @property {(library: any, folder: string, workload: Workload) => any} open
 *   The folder exists; it is empty, or what an earlier process left.
 * @property {(store: any, data: any) => Promise<void>} load
 * @property {(store: any) => Promise<void>} checkpoint  Bring all to the form that reads find later.
 * @property {(store: any) => Promise<void>} close
 *
 * @typedef {object} Workload                    suites/<suite>/workloads/<name>.mjs, default export
 * @property {string} title
 * @property {number} order                      Place in the table.
 * @property {"ops/s" | "rows/s" | "ms"} unit
 * @property {string} values                     Which values the suite's data makes.
 * @property {readonly Phase[]} phases
 * @property {boolean} [load]                    false: start on an empty database.
 * @property {boolean} [repeats]                 `run` changes nothing and may be timed several times.
 * @property {"close" | "crash"} [ending]        How the filling process ends.
 * @property {readonly string[]} [engines]       Default: all that need not be named.
 * @property {readonly Budget[]} budgets
 * @property {(data: any, options: { quick: boolean }) => any} prepare
 *   Makes everything that must not be timed, keys above all.
 * @property {(store: any, context: Context) => Promise<void> | void} [warmUp]
 * @property {(store: any, context: Context) => Result | Promise<Result>} run   This is timed.
 * @property {(store: any, context: Context, result: Result) => void | Promise<void>} [verify]
 *   Throws if the engine did not do the work.
 *
 * @typedef {{ data: any, prepared: any, openMs: number }} Context
 *
 * @typedef {object} Result
 * @property {number} count                      Operations done.
 * @property {number} [ms]                       Instead of the time `run` took.
 *
 * @typedef {object} Budget
 * @property {Phase} phase
 * @property {string} [peer]                     Engine compared with; without one see `atMost`.
 * @property {string} [peerWorkload]             Default: the same workload.
 * @property {number} [atLeast]                  Times as fast as the peer.
 * @property {number} [atMost]                   Milliseconds.
 *
 * @typedef {object} ChildTask
 * @property {string} suite
 * @property {string} engine
 * @property {string} workload
 * @property {"fill" | "reopen"} step
 * @property {Phase} phase
 * @property {number} rows
 * @property {boolean} quick
 * @property {string} folder
 */

export {};
