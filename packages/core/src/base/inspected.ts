import { inspect, type InspectOptions } from "node:util";

type Fields = Readonly<Record<string, unknown>>;

/** Makes `console.log` show objects of a class by its name and what a user can know of them. */
export function showAs<Shown extends object>(
  shownClass: { readonly prototype: Shown; readonly name: string },
  name: string,
  fieldsOf: (shown: Shown) => Fields,
): void {
  Object.defineProperty(shownClass.prototype, inspect.custom, {
    value(this: Shown, _depth: number, options: InspectOptions): string {
      return `${name} ${inspect(fieldsOf(this), options)}`;
    },
  });
}
