import { describe, expect, test } from "vitest";
import { searchPathOf, Settings } from "./settings.js";

describe("settings", () => {
  test.each<[string, string[], string]>([
    ["timezone", ["Europe/Berlin"], "Europe/Berlin"],
    ["TimeZone", ["-7"], "-07:00"],
    ["timezone", ["utc"], "UTC"],
    ["statement_timeout", ["1500"], "1500ms"],
    ["statement_timeout", ["60s"], "1min"],
    ["statement_timeout", ["0"], "0"],
    ["search_path", ["Sales", "public"], '"Sales", public'],
    ["datestyle", ["iso", "dmy"], "ISO, DMY"],
    ["row_security", ["off"], "off"],
    ["names", ["utf8"], "UTF8"],
    ["app.user", ["7"], "7"],
    ["extra_float_digits", ["3"], "3"],
  ])("SET %s TO %j shows as %s", (name, values, shown) => {
    const settings = new Settings();
    settings.set(name, values, false);
    expect(settings.show(name)).toBe(shown);
  });

  test.each<[string, string[], string | undefined, string]>([
    ["timezone", ["Mars/Base"], "22023", 'invalid value for parameter "TimeZone": "Mars/Base"'],
    ["timezon", ["UTC"], "42704", 'unrecognized configuration parameter "timezon"'],
    ["server_version", ["16"], "55P02", 'parameter "server_version" cannot be changed'],
    ["statement_timeout", ["-1"], "22023", "outside the valid range"],
    ["statement_timeout", ["1 week"], "22023", "invalid value"],
    ["row_security", ["maybe"], "22023", "requires a Boolean value"],
    ["statement_timeout", ["1", "2"], "22023", "takes only one argument"],
    ["client_encoding", ["latin1"], "22023", "invalid value"],
  ])("SET %s TO %j is refused", (name, values, sqlState, message) => {
    const settings = new Settings();
    expect(() => settings.set(name, values, false)).toThrow(
      expect.objectContaining({ sqlState, message: expect.stringContaining(message) as string }),
    );
  });

  test("SET LOCAL lies over the session's value until the transaction ends", () => {
    const settings = new Settings(new Map([["application_name", "shell"]]));
    settings.set("timezone", ["Asia/Tokyo"], false);
    settings.set("timezone", ["UTC"], true);
    expect(settings.get("timezone")).toBe("UTC");
    settings.endTransaction();
    expect(settings.get("timezone")).toBe("Asia/Tokyo");
    const mark = settings.mark();
    settings.set("timezone", undefined, false);
    settings.set("application_name", ["x"], false);
    expect(settings.show("TimeZone")).toBe("UTC");
    settings.goBackTo(mark);
    expect(settings.get("timezone")).toBe("Asia/Tokyo");
    settings.resetAll();
    expect([settings.get("timezone"), settings.get("application_name")]).toEqual(["UTC", "shell"]);
    expect(settings.list()).toContainEqual(["TimeZone", "UTC"]);
  });

  test("a search path is a list of names", () => {
    expect(searchPathOf('"$user", public')).toEqual(["public"]);
    expect(searchPathOf('"a ""b""", c')).toEqual(['a "b"', "c"]);
    expect(searchPathOf("")).toEqual([]);
  });
});
