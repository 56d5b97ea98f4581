/** Kinds of values that random queries tell apart. */
export type Kind = "int" | "numeric" | "text" | "timestamp";

interface Column {
  readonly name: string;
  readonly kind: Kind;
}

export interface Table {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly Column[];
}

/** `from.column` refers to `to.column`. */
export interface Reference {
  readonly from: string;
  readonly column: string;
  readonly to: string;
  readonly target: string;
}

function table(name: string, key: string, columns: string): Table {
  return {
    name,
    key: key.split(","),
    columns: columns.split(" ").map((item) => {
      const [column, kind] = item.split(":") as [string, string];
      const kinds: Record<string, Kind> = { i: "int", n: "numeric", t: "text", d: "timestamp" };
      return { name: column, kind: kinds[kind]! };
    }),
  };
}

/** The tables of the Chinook database that queries are made over. */
export const chinook: readonly Table[] = [
  table("album", "album_id", "album_id:i title:t artist_id:i"),
  table("artist", "artist_id", "artist_id:i name:t"),
  table(
    "customer",
    "customer_id",
    "customer_id:i first_name:t last_name:t company:t city:t state:t country:t email:t support_rep_id:i",
  ),
  table(
    "employee",
    "employee_id",
    "employee_id:i last_name:t first_name:t title:t reports_to:i birth_date:d hire_date:d city:t",
  ),
  table("genre", "genre_id", "genre_id:i name:t"),
  table(
    "invoice",
    "invoice_id",
    "invoice_id:i customer_id:i invoice_date:d billing_city:t billing_state:t billing_country:t total:n",
  ),
  table(
    "invoice_line",
    "invoice_line_id",
    "invoice_line_id:i invoice_id:i track_id:i unit_price:n quantity:i",
  ),
  table("media_type", "media_type_id", "media_type_id:i name:t"),
  table("playlist", "playlist_id", "playlist_id:i name:t"),
  table("playlist_track", "playlist_id,track_id", "playlist_id:i track_id:i"),
  table(
    "track",
    "track_id",
    "track_id:i name:t album_id:i media_type_id:i genre_id:i composer:t milliseconds:i bytes:i unit_price:n",
  ),
];

function reference(text: string): Reference {
  const [from, column, to, target] = text.split(" ") as [string, string, string, string];
  return { from, column, to, target };
}

export const references: readonly Reference[] = [
  "album artist_id artist artist_id",
  "customer support_rep_id employee employee_id",
  "employee reports_to employee employee_id",
  "invoice customer_id customer customer_id",
  "invoice_line invoice_id invoice invoice_id",
  "invoice_line track_id track track_id",
  "playlist_track playlist_id playlist playlist_id",
  "playlist_track track_id track track_id",
  "track album_id album album_id",
  "track genre_id genre genre_id",
  "track media_type_id media_type media_type_id",
].map(reference);
