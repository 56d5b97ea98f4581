import type { TextContext } from "../../types/datetime-parser.js";
import { floatDigits } from "../../functions/overloads.js";
import type { ExecutionContext } from "../operator.js";

/** What an expression keeps for one run of its statement; gone when the run's context is. */
export class RunState<T> {
  private readonly states = new WeakMap<ExecutionContext, T>();
  private readonly create: (context: ExecutionContext) => T;

  constructor(create: (context: ExecutionContext) => T) {
    this.create = create;
  }

  of(context: ExecutionContext): T {
    let state = this.states.get(context);
    if (state === undefined) {
      state = this.create(context);
      this.states.set(context, state);
    }
    return state;
  }
}

const texts = new RunState<TextContext>((context) => ({
  now: context.eval.now,
  timeZone: context.eval.setting("timezone") ?? "UTC",
  floatDigits: floatDigits(context.eval),
}));

/** What casts from and to text need to know of the session. */
export function textContext(context: ExecutionContext): TextContext {
  return texts.of(context);
}
