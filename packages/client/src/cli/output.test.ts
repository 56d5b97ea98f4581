import { expect, test } from "vitest";
import { printable, render } from "./output.js";

const users = {
  columns: ["id", "name", "email"],
  rows: [
    [1, "Alice", "alice@example.com"],
    [2, "Bob", "bob@example.com"],
  ],
};

test("a table looks as the guide draws it", () => {
  expect(render(users, "table")).toBe(
    `+----+-------+-------------------+
| id | name  | email             |
+====+=======+===================+
| 1  | Alice | alice@example.com |
| 2  | Bob   | bob@example.com   |
+----+-------+-------------------+
`,
  );
  expect(render({ columns: ["a"], rows: [] }, "table")).toBe("+---+\n| a |\n+===+\n");
});

test("a table counts columns of the screen and lets no value break it", () => {
  const rows = [["日本"], ["a\nb"], ["\u001b[2J"], [{ a: 1 }], [null], ["👩‍👩‍👧"]];
  const lines = render({ columns: ["v"], rows }, "table")
    .trimEnd()
    .split("\n");
  expect(lines).toHaveLength(rows.length + 4);
  expect(lines[3]).toBe("| 日本      |");
  expect(lines[4]).toBe("| a\\nb      |");
  expect(lines[5]).toBe("| \\u001b[2J |");
  expect(lines[6]).toBe('| {"a":1}   |');
});

test("CSV quotes what it must", () => {
  const rows = [["a,b", 'say "x"', "two\nlines", null, { a: 1 }, " plain "]];
  expect(render({ columns: ["1", "2", "3", "4", "5", "6"], rows }, "csv")).toBe(
    '1,2,3,4,5,6\n"a,b","say ""x""","two\nlines",,"{""a"":1}", plain \n',
  );
});

test("JSON is an array of objects", () => {
  expect(JSON.parse(render(users, "json"))).toEqual([
    { id: 1, name: "Alice", email: "alice@example.com" },
    { id: 2, name: "Bob", email: "bob@example.com" },
  ]);
});

test("nothing that moves the cursor is printed", () => {
  expect(printable("a\u001b]0;x\u0007\u009b1m\r\té日")).toBe(
    "a\\u001b]0;x\\u0007\\u009b1m\\r\\té日",
  );
});
