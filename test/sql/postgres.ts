import { PGlite } from "@electric-sql/pglite";

/** Object ids of the types that tests meet; their values stay the text that PostgreSQL sends. */
const TYPE_OIDS = [
  16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 700, 701, 1000, 1005, 1007, 1009, 1015, 1016, 1021, 1022,
  1042, 1043, 1082, 1083, 1114, 1115, 1182, 1184, 1185, 1186, 1231, 1700, 2249, 2278, 2950, 3802,
];
const parsers = Object.fromEntries(TYPE_OIDS.map((oid) => [oid, (text: string): string => text]));

export interface TextResult {
  readonly columns: readonly string[];
  /** As psql would print them; null is NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** PostgreSQL itself, to ask what a query gives. */
export class Postgres {
  private constructor(private readonly database: PGlite) {}

  static async start(): Promise<Postgres> {
    const database = await PGlite.create();
    await database.exec("SET timezone = 'UTC'");
    return new Postgres(database);
  }

  async exec(script: string): Promise<void> {
    await this.database.exec(script);
  }

  async query(sql: string): Promise<TextResult> {
    const result = await this.database.query<(string | null)[]>(sql, [], {
      rowMode: "array",
      parsers,
    });
    return { columns: result.fields.map((field) => field.name), rows: result.rows };
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}
