/** Something a statement has to say without failing. */
export interface Notice {
  readonly severity: "NOTICE" | "WARNING" | "INFO";
  readonly message: string;
  /** SQLSTATE, where PostgreSQL gives one. */
  readonly sqlState?: string | undefined;
}

export function warning(message: string, sqlState: string): Notice {
  return { severity: "WARNING", message, sqlState };
}

export function notice(message: string): Notice {
  return { severity: "NOTICE", message, sqlState: "00000" };
}
