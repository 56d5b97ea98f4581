/**
 * A suite of limits does not race engines: each workload is a scenario of one or more processes,
 * and what it measures has a bound of its own. `suite.mjs` says `limits: true`.
 *
 * @typedef {object} LimitWorkload               suites/<suite>/workloads/<name>.mjs, default export
 * @property {string} title
 * @property {number} order                      Place in the table.
 * @property {readonly string[]} engines         The first is ours; bounds are for it alone.
 * @property {readonly Step[]} steps             In this order, on one folder, each in a fresh process.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {number} [times]                    Done so often; figures are medians. Default 1.
 * @property {boolean} [whenQuick]               false: left out of a quick run.
 * @property {"exit" | "crash"} [ending]         crash: the process is killed right after `run`.
 * @property {() => boolean} [before]            In the parent, before each time; false: leave it out.
 * @property {(context: StepContext) => Promise<readonly Figure[]>} run
 *
 * @typedef {object} StepContext
 * @property {any} engine                        The engine's default export.
 * @property {any} library                       What its `library()` gave.
 * @property {string} folder
 * @property {boolean} quick
 *
 * @typedef {object} Figure
 * @property {string} name                       The same name in two steps is two figures.
 * @property {number} value
 * @property {"MB" | "ms" | "/s" | "×" | "%" | ""} unit
 * @property {number} [atMost]                   The bound, in the same unit.
 *
 * @typedef {object} StepTask                    What the process is told, as JSON.
 * @property {string} suite
 * @property {string} engine
 * @property {string} workload
 * @property {number} step
 * @property {string} folder
 * @property {boolean} quick
 */

export {};
