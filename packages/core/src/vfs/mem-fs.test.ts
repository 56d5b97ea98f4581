import { vfsSuite } from "../testing/vfs-suite.js";
import { MemFs } from "./mem-fs.js";

for (const trackDurability of [true, false]) {
  vfsSuite(`mem-fs, durability tracked: ${String(trackDurability)}`, () => {
    const vfs = new MemFs({ trackDurability });
    vfs.makeDirectory("root");
    return { vfs, root: "root", close: () => undefined };
  });
}
