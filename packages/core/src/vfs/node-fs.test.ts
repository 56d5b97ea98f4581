import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vfsSuite } from "../testing/vfs-suite.js";
import { wrapSystemError } from "./io-errors.js";
import { NodeFs } from "./node-fs.js";

vfsSuite("node-fs", () => {
  const root = mkdtempSync(join(tmpdir(), "aegisdb-vfs-"));
  return {
    vfs: new NodeFs(),
    root,
    close: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
});

describe("wrapSystemError", () => {
  it.each([
    ["ENOSPC", "DISK_FULL"],
    ["EDQUOT", "DISK_FULL"],
    ["ENOENT", "NOT_FOUND"],
    ["EIO", "IO_ERROR"],
    ["EROFS", "IO_ERROR"],
  ])("turns %s into %s and names operation, path and code", (system, code) => {
    const cause = Object.assign(new Error("system"), { code: system });
    const error = wrapSystemError("write", "/data/x", cause);
    expect(error).toMatchObject({ code, cause });
    expect(error.message).toBe(`write "/data/x" failed: ${system}`);
  });

  it("says so when the system gave no code", () => {
    expect(wrapSystemError("sync", "/data/x", new Error("odd")).message).toContain("unknown");
  });
});
