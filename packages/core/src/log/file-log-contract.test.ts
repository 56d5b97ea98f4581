import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { systemClock } from "../base/clock.js";
import { MAX_RECORD_BYTES } from "../testing/log-fixture.js";
import { describeLogContract } from "../testing/log-suite.js";
import type { Vfs } from "../vfs/contract.js";
import { MemFs } from "../vfs/mem-fs.js";
import { NodeFs } from "../vfs/node-fs.js";
import type { FileLogOptions } from "./file-log-options.js";
import { FileLog } from "./file-log.js";

type Variant = Partial<FileLogOptions>;

/** Every way to write: in one segment and over many, inline and not, by each method. */
const VARIANTS: Readonly<Record<string, Variant>> = {
  "as it is": {},
  "small segments": { segmentBytes: 4096 },
  "tiny segments": { segmentBytes: 1000, syncMethod: "fdatasync" },
  "synchronous writes only": { syncMethod: "write-through", segmentBytes: 65_536 },
  "little may wait": { maxUnsyncedBytes: 1000, segmentBytes: 65_536 },
};

function open(vfs: Vfs, directory: string, variant: Variant): FileLog {
  const options = { vfs, directory, clock: systemClock, maxRecordBytes: MAX_RECORD_BYTES };
  return FileLog.open({ ...options, ...variant });
}

for (const [name, variant] of Object.entries(VARIANTS)) {
  describeLogContract(`FileLog on MemFs, ${name}`, () => {
    const vfs = new MemFs();
    return { open: () => open(vfs, "log", variant), kept: true, dispose: () => undefined };
  });
}

describeLogContract("FileLog on NodeFs", () => {
  const root = mkdtempSync(`${tmpdir()}/aegis-log-`);
  return {
    open: () => open(new NodeFs(), `${root}/log`, { segmentBytes: 1024 * 1024 }),
    kept: true,
    dispose: () => {
      rmSync(root, { recursive: true });
    },
  };
});
