import type { Prng } from "../../packages/core/src/base/prng.js";
import { MAX_ID, type Item, type Observations } from "./observations.js";

export type Row = Readonly<Record<string, number | null>>;

/** A statement and what its rows tell. `observe` is not called for one that failed. */
export interface Statement {
  readonly text: string;
  readonly params: readonly (number | null)[];
  readonly observe: (rows: readonly Row[], seen: Observations) => void;
}

const IDS = 7;
const GROUPS = 3;
const CODES = 6;
const PARENTS = 3;

/** Versions of one statement: `base + id`. */
const VERSIONS = MAX_ID;

const COLUMNS = "id, grp, code, parent, ver";
const REMEMBER = "was_id = id, was_grp = grp, was_code = code, was_parent = parent, was_ver = ver";
const CHANGED = `${COLUMNS}, was_id, was_grp, was_code, was_parent, was_ver`;

export const TABLES = `
  CREATE TABLE parents (id int PRIMARY KEY, ver int NOT NULL, was_ver int);
  CREATE TABLE items (
    id int PRIMARY KEY, grp int NOT NULL, code int UNIQUE, ver int NOT NULL,
    parent int REFERENCES parents ON DELETE CASCADE,
    was_id int, was_grp int, was_code int, was_parent int, was_ver int
  );`;

const itemOf = (row: Row): Item => row as unknown as Item;

function itemBefore(row: Row): Item {
  const { was_id: id, was_grp: grp, was_code: code, was_parent: parent, was_ver: ver } = row;
  return itemOf({ id: id!, grp: grp!, code: code!, parent: parent!, ver: ver! });
}

/** Makes random statements on few rows, so that they meet. */
export class Statements {
  readonly #prng: Prng;
  #version = 0;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  freshVersion(): number {
    return ++this.#version * VERSIONS;
  }

  /** Those of one transaction; the statements of a step are run in one go. */
  transaction(): Statement[][] {
    const readsOnly = this.#prng.chance(0.15);
    const steps = 1 + this.#prng.int(4);
    return Array.from({ length: steps }, () =>
      readsOnly || this.#prng.chance(0.45) ? [this.#read()] : this.#write(),
    );
  }

  /** A transaction that only reads. */
  reads(): Statement[][] {
    return Array.from({ length: 2 + this.#prng.int(3) }, () => [this.#read()]);
  }

  #read(): Statement {
    const prng = this.#prng;
    const [id, grp, code, parent] = this.#values();
    switch (prng.int(11)) {
      case 0:
        return one("id", id);
      case 1:
        return one("code", code);
      case 2:
        return inGroups(`SELECT ${COLUMNS} FROM items WHERE grp = $1`, grp, grp, [grp]);
      case 3:
        return this.#groupRange();
      case 4:
        // An index on (grp, ver) has all of it.
        return inGroups("SELECT id, ver FROM items WHERE grp = $1", grp, grp, [grp], grp);
      case 5:
        return this.#aggregate();
      case 6:
        return children(parent, () => undefined);
      case 7:
        return firstByGroup(1 + prng.int(3));
      case 8:
        return highestCode();
      case 9:
        return oneParent(parent);
      default:
        return countOnly(prng.pick(["items", "items WHERE grp = 1", "items WHERE code > 2"]));
    }
  }

  #write(): Statement[] {
    const prng = this.#prng;
    const [id, grp, code, parent] = this.#values();
    switch (prng.int(12)) {
      case 0:
      case 1:
        return [this.#insert("")];
      case 2:
        return [this.#insert("ON CONFLICT DO NOTHING")];
      case 3:
        return [this.#upsert(prng.pick(["id", "code"]))];
      case 4:
        return [this.#update("grp = $2", "id = $3", [grp, id])];
      case 5:
        return [this.#update("grp = $2", "grp = $3", [prng.int(GROUPS), grp], grp)];
      case 6:
        return [this.#update("code = $2", "id = $3", [code, id])];
      case 7:
        return [this.#update("id = $2, parent = $3", "id = $4", [prng.int(IDS), parent, id])];
      case 8:
        return [remove("id = $1", [id])];
      case 9:
        return [remove("id = $1", [id]), this.#insert("", id)];
      case 10:
        return prng.chance(0.5) ? [remove("grp = $1", [grp], grp)] : [this.#parentInsert()];
      default:
        return prng.chance(0.4) ? this.#parentDelete(parent) : [this.#parentUpdate(parent)];
    }
  }

  #values(): [id: number, grp: number, code: number, parent: number] {
    const prng = this.#prng;
    return [prng.int(IDS), prng.int(GROUPS), prng.int(CODES), prng.int(PARENTS)];
  }

  #groupRange(): Statement {
    const first = this.#prng.int(GROUPS);
    const last = first + this.#prng.int(GROUPS);
    const text = `SELECT ${COLUMNS} FROM items WHERE grp BETWEEN $1 AND $2`;
    return inGroups(text, first, last, [first, last]);
  }

  /** A predicate that is summed up, beside the rows that it was made of. */
  #aggregate(): Statement {
    const grp = this.#prng.int(GROUPS);
    const text = `SELECT count(*)::int AS n, max(ver) AS highest, sum(ver)::int AS total,
      json_agg(json_build_array(id, ver) ORDER BY id) AS rows FROM items WHERE grp = $1`;
    return inGroups(text, grp, grp, [grp], grp);
  }

  #insert(onConflict: string, id: number = this.#prng.int(IDS)): Statement {
    const [, grp, code, parent] = this.#values();
    return {
      text: `INSERT INTO items (id, grp, code, parent, ver) VALUES ($1, $2, $3, $4, $5)
        ${onConflict} RETURNING ${COLUMNS}`,
      params: [...[id, grp, this.#orNull(code), this.#orNull(parent)], this.freshVersion() + id],
      observe: (rows, seen) => inserted(rows, seen),
    };
  }

  #upsert(arbiter: "id" | "code"): Statement {
    const [id, grp, code, parent] = this.#values();
    const base = this.freshVersion();
    const was = REMEMBER.replaceAll("= ", "= items.");
    return {
      text: `INSERT INTO items (id, grp, code, parent, ver) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (${arbiter}) DO UPDATE SET ${was}, grp = excluded.grp, ver = $6 + items.id
        RETURNING ${CHANGED}`,
      params: [id, grp, code, this.#orNull(parent), base + id, base],
      observe: (rows, seen) => {
        const [row] = rows;
        // A row that somebody updated before remembers something, too, but not with this version.
        if (row!["was_ver"] === null) inserted(rows, seen);
        else updated(rows, seen);
      },
    };
  }

  /** `params` are those after the first, which is the version; `grp` if the condition is on it. */
  #update(set: string, where: string, params: readonly (number | null)[], grp?: number): Statement {
    return {
      text: `UPDATE items SET ${REMEMBER}, ver = $1 + id, ${set} WHERE ${where}
        RETURNING ${CHANGED}`,
      params: [this.freshVersion(), ...params],
      observe: (rows, seen) => {
        if (grp !== undefined) sawGroups(seen, rows.map(itemBefore), grp, grp, grp);
        else if (rows.length === 0) seen.sawOne("id", params.at(-1)!, undefined);
        updated(rows, seen);
      },
    };
  }

  /** What there is at first: all parents but one. */
  parents(): Statement[] {
    return Array.from({ length: PARENTS - 1 }, (_, id) => this.#parentInsert(id));
  }

  #parentInsert(id: number = this.#prng.int(PARENTS)): Statement {
    return {
      text: "INSERT INTO parents VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id, ver",
      params: [id, this.freshVersion()],
      observe: ([row], seen) => {
        if (row === undefined) return;
        seen.read("parents", id, undefined);
        seen.write("parents", id, `parents${row["ver"]}`);
      },
    };
  }

  #parentUpdate(id: number): Statement {
    return {
      text: "UPDATE parents SET was_ver = ver, ver = $1 WHERE id = $2 RETURNING ver, was_ver",
      params: [this.freshVersion(), id],
      observe: ([row], seen) => {
        seen.read("parents", id, row && `parents${row["was_ver"]}`);
        if (row !== undefined) seen.write("parents", id, `parents${row["ver"]}`);
      },
    };
  }

  /** Its children go with it; they are looked at before, as nothing is returned of them. */
  #parentDelete(id: number): Statement[] {
    let gone: readonly Item[] = [];
    return [
      children(id, (items) => (gone = items)),
      {
        text: "DELETE FROM parents WHERE id = $1 RETURNING ver",
        params: [id],
        observe: ([row], seen) => {
          seen.read("parents", id, row && `parents${row["ver"]}`);
          if (row === undefined) return;
          seen.write("parents", id, undefined);
          seen.wrote(gone.map((before) => ({ before })));
        },
      },
    ];
  }

  #orNull(value: number): number | null {
    return this.#prng.chance(0.25) ? null : value;
  }
}

function one(path: "id" | "code", key: number): Statement {
  return {
    text: `SELECT ${COLUMNS} FROM items WHERE ${path} = $1`,
    params: [key],
    observe: ([row], seen) => seen.sawOne(path, key, row && itemOf(row)),
  };
}

/** `grp` is that of all rows, where they do not tell it. Aggregated rows are in a column. */
function inGroups(
  text: string,
  first: number,
  last: number,
  params: readonly number[],
  grp?: number,
): Statement {
  return {
    text,
    params,
    observe: (rows, seen) => {
      const summed = rows[0]?.["n"] === undefined ? undefined : (rows[0] as unknown as Summed);
      const items =
        summed === undefined
          ? rows.map(itemOf)
          : (summed.rows ?? []).map(([id, ver]) => ({ id, ver }));
      sawGroups(seen, items, first, last, grp);
    },
  };
}

interface Summed {
  readonly rows: readonly (readonly [id: number, ver: number])[] | null;
}

function sawGroups(
  seen: Observations,
  items: readonly (Pick<Item, "id" | "ver"> & { readonly grp?: number })[],
  first: number,
  last: number,
  grp?: number,
): void {
  const groups = new Map(items.map((item) => [item.id, grp ?? item.grp!]));
  seen.sawRange("grp", first * MAX_ID, (last + 1) * MAX_ID, items, ({ id }) => {
    return groups.get(id)! * MAX_ID + id;
  });
}

function children(parent: number, found: (items: readonly Item[]) => void): Statement {
  const start = parent * MAX_ID;
  return {
    text: `SELECT ${COLUMNS} FROM items WHERE parent = $1`,
    params: [parent],
    observe: (rows, seen) => {
      const items = rows.map(itemOf);
      seen.sawRange("parent", start, start + MAX_ID, items, ({ id }) => start + id);
      found(items);
    },
  };
}

/** Stops in the middle of what it could read. */
function firstByGroup(limit: number): Statement {
  return {
    text: `SELECT ${COLUMNS} FROM items ORDER BY grp, id LIMIT $1`,
    params: [limit],
    observe: (rows, seen) => {
      const items = rows.map(itemOf);
      const groups = new Map(items.map(({ id, grp }) => [id, grp]));
      const last = items.at(-1);
      const all = last === undefined || items.length < limit;
      const end = all ? undefined : last.grp * MAX_ID + last.id + 1;
      seen.sawRange("grp", undefined, end, items, ({ id }) => groups.get(id)! * MAX_ID + id);
    },
  };
}

function highestCode(): Statement {
  return {
    text: `SELECT ${COLUMNS} FROM items WHERE code IS NOT NULL ORDER BY code DESC LIMIT 1`,
    params: [],
    observe: (rows, seen) => {
      const [item] = rows.map(itemOf);
      const start = item?.code ?? undefined;
      seen.sawRange("code", start, undefined, item === undefined ? [] : [item], () => start!);
    },
  };
}

function oneParent(id: number): Statement {
  return {
    text: `SELECT p.ver, i.id, i.ver AS item_ver FROM parents p LEFT JOIN items i ON i.parent = p.id
      WHERE p.id = $1`,
    params: [id],
    observe: (rows, seen) => {
      seen.read("parents", id, rows[0] && `parents${rows[0]["ver"]}`);
      if (rows.length === 0) return;
      const items = rows.flatMap(({ id: item, item_ver: ver }) =>
        item === null ? [] : [{ id: item!, ver: ver! }],
      );
      const start = id * MAX_ID;
      seen.sawRange("parent", start, start + MAX_ID, items, (item) => start + item.id);
    },
  };
}

/** What it tells is compared with a serial execution only. */
function countOnly(from: string): Statement {
  return { text: `SELECT count(*)::int AS n FROM ${from}`, params: [], observe: () => undefined };
}

function remove(where: string, params: readonly number[], grp?: number): Statement {
  return {
    text: `DELETE FROM items WHERE ${where} RETURNING ${COLUMNS}`,
    params,
    observe: (rows, seen) => {
      const items = rows.map(itemOf);
      if (grp !== undefined) sawGroups(seen, items, grp, grp);
      else seen.sawOne("id", params[0]!, items[0]);
      seen.wrote(items.map((before) => ({ before })));
    },
  };
}

/** The keys were free, and are not any more. */
function inserted(rows: readonly Row[], seen: Observations): void {
  for (const after of rows.map(itemOf)) {
    seen.sawOne("id", after.id, undefined);
    if (after.code !== null) seen.sawOne("code", after.code, undefined);
    seen.wrote([{ after }]);
  }
}

function updated(rows: readonly Row[], seen: Observations): void {
  for (const row of rows) seen.sawOne("id", row["was_id"]!, itemBefore(row));
  seen.wrote(rows.map((row) => ({ before: itemBefore(row), after: itemOf(row) })));
}
