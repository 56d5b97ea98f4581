import type { Customer, DatabaseState, Order } from "./model.js";
import { ORDER_STEP, type Definition, type SqlOperation } from "./operations.js";

/** A statement does all of what it should, or is refused with one of some codes and does nothing. */
export type Expected =
  | { readonly kind: "answer"; readonly answer: unknown }
  | { readonly kind: "refused"; readonly codes: readonly string[] };

export function answer(value: unknown): Expected {
  return { kind: "answer", answer: value };
}

/** Carries a statement out in the model; one that is refused may leave `state` half changed. */
export function applySql(state: DatabaseState, operation: SqlOperation): Expected {
  const codes = new Set<string>();
  const count = changeTables(state, operation, codes);
  for (const code of violations(state)) codes.add(code);
  return codes.size > 0 ? { kind: "refused", codes: [...codes] } : answer(count);
}

/** What the constraints say of a state. */
function violations(state: DatabaseState): string[] {
  const codes: string[] = [];
  const emails = [...state.customers.values()].map(({ email }) => email);
  const notes = [...state.orders.values()].map(({ customer, note }) => pair(customer, note));
  const visits = [...state.visits.values()].map(({ customer, page }) => pair(customer, page));
  if (repeats(emails) || repeats(notes) || (state.visitsAreUnique && repeats(visits))) {
    codes.push("UNIQUE_VIOLATION");
  }
  const children = [...state.orders.values(), ...state.visits.values()];
  if (children.some(({ customer }) => customer !== null && !state.customers.has(customer))) {
    codes.push("FOREIGN_KEY_VIOLATION");
  }
  if ([...state.customers.values()].some(({ credit }) => credit < 0)) codes.push("CHECK_VIOLATION");
  return codes;
}

/** NULLs make a key that is like no other. */
function pair(a: number | null, b: string | null): string | null {
  return a === null || b === null ? null : `${a}/${b}`;
}

function repeats(keys: readonly (string | null)[]): boolean {
  const present = keys.filter((key) => key !== null);
  return new Set(present).size < present.length;
}

/** Rows that the statement counts; codes for what the constraints could not see afterwards. */
function changeTables(
  state: DatabaseState,
  operation: SqlOperation,
  codes: Set<string>,
): number | undefined {
  switch (operation.do) {
    case "addCustomer":
      return addCustomer(state, operation, codes);
    case "addCustomers": {
      const { from, to, city } = operation;
      const ids = series(from, to).filter((id) => !state.customers.has(id));
      for (const id of ids) state.customers.set(id, { id, email: null, city, credit: 0 });
      return ids.length;
    }
    case "setCustomer": {
      const { id, email, city } = operation;
      return replace(
        state.customers,
        (row) => row.id === id,
        (row) => ({ ...row, email, city }),
      );
    }
    case "renumberCustomer":
      return renumberCustomer(state, operation, codes);
    case "spend": {
      const { city, amount } = operation;
      return replace(
        state.customers,
        (row) => row.city === city,
        (row) => ({ ...row, credit: row.credit - amount }),
      );
    }
    case "dropCustomer":
      return dropCustomer(state, operation.id);
    case "define":
      define(state, operation.what, codes);
      return undefined;
    default:
      return changeChildren(state, operation, codes);
  }
}

function addCustomer(
  { customers }: DatabaseState,
  { id, email, city, credit, onConflict }: SqlOperation & { do: "addCustomer" },
  codes: Set<string>,
): number {
  const there = customers.get(id);
  const taken = email !== null && [...customers.values()].some((row) => row.email === email);
  if (onConflict === "skip" && (there !== undefined || taken)) return 0;
  if (there !== undefined && onConflict === "raise") {
    customers.set(id, { ...there, credit: there.credit + 1, email });
    return 1;
  }
  if (there !== undefined) codes.add("UNIQUE_VIOLATION");
  if (credit < 0) codes.add("CHECK_VIOLATION");
  customers.set(id, { id, email, city, credit });
  return 1;
}

function renumberCustomer(
  state: DatabaseState,
  { id, to }: SqlOperation & { do: "renumberCustomer" },
  codes: Set<string>,
): number {
  const row = state.customers.get(id);
  if (row === undefined) return 0;
  if (id !== to && state.customers.has(to)) codes.add("UNIQUE_VIOLATION");
  // A child that is left without its parent is found by the foreign key itself.
  state.customers.delete(id);
  state.customers.set(to, { ...row, id: to });
  return 1;
}

function dropCustomer(state: DatabaseState, id: number): number {
  if (!state.customers.delete(id)) return 0;
  for (const order of state.orders.values()) {
    if (order.customer === id) state.orders.delete(order.id);
  }
  replace(
    state.visits,
    (visit) => visit.customer === id,
    (visit) => ({ ...visit, customer: null }),
  );
  return 1;
}

type ChildOperation = Exclude<
  SqlOperation,
  { readonly do: `${string}ustomer${string}` | "spend" | "define" }
>;

/** On orders and visits. */
function changeChildren(
  state: DatabaseState,
  operation: ChildOperation,
  codes: Set<string>,
): number {
  const { orders, visits } = state;
  switch (operation.do) {
    case "addOrders":
      return addOrders(orders, operation, codes);
    case "raiseOrders": {
      const { of, rest, customer } = operation;
      const fits = (row: Order): boolean => row.total % of === rest;
      return replace(orders, fits, (row) => ({ ...row, total: row.total + 1, customer }));
    }
    case "renumberOrders": {
      const moved = [...orders.values()].filter(
        ({ id }) => id >= operation.from && id <= operation.to,
      );
      for (const { id } of moved) orders.delete(id);
      if (moved.some(({ id }) => orders.has(id + ORDER_STEP))) codes.add("UNIQUE_VIOLATION");
      for (const row of moved) orders.set(row.id + ORDER_STEP, { ...row, id: row.id + ORDER_STEP });
      return moved.length;
    }
    case "dropOrders":
      return remove(orders, (row) => row.total < operation.below);
    case "payOrders":
      if (!state.hasPaid) codes.add("COLUMN_NOT_FOUND");
      return replace(
        orders,
        (row) => row.customer === operation.customer,
        (row) => ({ ...row, paid: true }),
      );
    case "addVisits": {
      const { customer, page, count } = operation;
      for (const g of series(1, count)) state.addVisit({ customer, page: `${page}${g}` });
      return count;
    }
    case "redirect": {
      const { customer, page, to } = operation;
      return replace(
        visits,
        (visit) => visit.customer === customer && visit.page === page,
        (visit) => ({ ...visit, page: to }),
      );
    }
    case "dropVisits":
      return remove(visits, (visit) => visit.page < operation.below);
  }
}

function addOrders(
  orders: Map<number, Order>,
  { from, to, customer, total, note, notes }: SqlOperation & { do: "addOrders" },
  codes: Set<string>,
): number {
  const ids = series(from, to);
  if (ids.some((id) => orders.has(id))) codes.add("UNIQUE_VIOLATION");
  for (const id of ids) {
    const own = note === null ? null : `${note}${id % notes}`;
    orders.set(id, { id, customer, total: total + id, note: own, paid: false });
  }
  return ids.length;
}

function define(state: DatabaseState, what: Definition, codes: Set<string>): void {
  switch (what) {
    case "indexCredit":
    case "dropCreditIndex":
      state.hasCreditIndex = what === "indexCredit";
      break;
    case "uniqueVisits":
    case "allowRepeatedVisits":
      state.visitsAreUnique = what === "uniqueVisits";
      break;
    case "addPaid":
      if (!state.hasPaid)
        replace(
          state.orders,
          () => true,
          (row) => ({ ...row, paid: false }),
        );
      state.hasPaid = true;
      break;
    case "dropPaid":
      state.hasPaid = false;
      break;
    case "emptyVisits":
      state.truncateVisits();
      break;
    case "archive":
      if (state.archive !== undefined) codes.add("TABLE_EXISTS");
      state.archive = state
        .sorted(state.orders)
        .filter(({ total }) => total > 500)
        .map(({ id, total }) => [id, total] as const);
      break;
    case "dropArchive":
      state.archive = undefined;
  }
}

function series(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

/** How many rows fitted. */
function replace<Key, Row extends Customer | Order | { readonly page: string }>(
  rows: Map<Key, Row>,
  fits: (row: Row) => boolean,
  change: (row: Row) => Row,
): number {
  let count = 0;
  for (const [key, row] of rows) {
    if (!fits(row)) continue;
    rows.set(key, change(row));
    count++;
  }
  return count;
}

function remove<Key, Row>(rows: Map<Key, Row>, fits: (row: Row) => boolean): number {
  let count = 0;
  for (const [key, row] of rows) {
    if (!fits(row)) continue;
    rows.delete(key);
    count++;
  }
  return count;
}
