import { AegisError } from "../contract/index.js";
import type { Sink, Source, SqlHost } from "../contract/source.js";
import type { EvalContext } from "../functions/registry.js";
import type { SessionRandom } from "./seeded-random.js";
import type { SessionSequences } from "./sequences.js";
import type { Settings } from "./settings.js";
import type { ResolvedModes } from "./transaction.js";

/** What functions may ask of a session, whatever statement it runs. */
export interface SessionFacts {
  readonly host: SqlHost;
  readonly settings: Settings;
  readonly sequences: SessionSequences;
  readonly random: SessionRandom;
  readonly currentUser: string;
  readonly currentDatabase: string;
  /** False where nothing may outlast a statement. */
  readonly stateful: boolean;
  /** Bytes that one statement may hold. */
  readonly maxQueryMemory: number;
  modes(): ResolvedModes;
}

/** What the functions of one statement may ask; `now` is the transaction's. */
export function evaluationOf(
  facts: SessionFacts,
  now: number,
  source: Source,
  sink: Sink | undefined,
): EvalContext {
  const { host, settings } = facts;
  return {
    now,
    clock: () => host.clock(),
    random: () => (facts.random.seeded ?? host).random(),
    seed: facts.stateful ? (seed) => facts.random.seed(seed) : undefined,
    setting: (name) => transactionSetting(facts, name) ?? settings.shown(name),
    assign: (name, value, local) => {
      if (!facts.stateful) throw withoutSession("set_config");
      settings.assign(name, value, local);
    },
    currentUser: facts.currentUser,
    currentDatabase: facts.currentDatabase,
    sequences: facts.sequences.over(source, sink),
  };
}

/** What is refused where there is no session that it could change. */
export function withoutSession(command: string, position?: number): AegisError {
  return new AegisError("UNSUPPORTED", `${command} belongs to a session`, {
    hint: "Use db.session for settings and statements that outlast one call.",
    position,
  });
}

/** Settings that belong to the open transaction rather than to the session. */
export function transactionSetting(facts: SessionFacts, name: string): string | undefined {
  switch (name) {
    case "transaction_isolation":
      return facts.modes().isolation;
    case "transaction_read_only":
      return facts.modes().readOnly ? "on" : "off";
    case "transaction_deferrable":
      return facts.modes().deferrable ? "on" : "off";
    default:
      return undefined;
  }
}
