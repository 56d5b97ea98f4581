import { SqlEngine, type SqlHost, type SqlSession, toText } from "@aegisdb/sql";

/** Everything in a database, as lines that are equal if and only if the contents are. */
export function contentsOf(host: SqlHost): string {
  const session = new SqlEngine(host).session();
  const source = host.latest();
  const lines: string[] = [];
  for (const table of [...source.tables("public")].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    lines.push(`${table.name} (${table.columns.map(({ name }) => name).join(", ")})`);
    lines.push(...rowsOf(session, `SELECT * FROM ${table.name}`));
    lines.push(...table.indexes.map((index) => `index ${index.name}`).sort());
  }
  session.close();
  return lines.join("\n");
}

/** The rows of a query as text, in a fixed order. */
function rowsOf(session: SqlSession, sql: string): string[] {
  const { rows, columns } = session.run(session.prepare(sql), [], { form: "datums" });
  type Datums = readonly (Parameters<typeof toText>[0] | null)[];
  const lines = (rows as Datums[]).map((row) =>
    row
      .map((datum, i) => (datum === null ? "NULL" : toText(datum, columns[i]!.type, "UTC")))
      .join(" | "),
  );
  return lines.sort();
}
