import { afterEach, beforeEach, describe, it } from "vitest";
import type { Vfs } from "../vfs/contract.js";
import { contentCases } from "./vfs-content-cases.js";
import { VfsFixture } from "./vfs-fixture.js";
import { nameCases } from "./vfs-name-cases.js";

export interface VfsUnderTest {
  readonly vfs: Vfs;
  /** An empty directory that exists. */
  readonly root: string;
  close(): void;
}

/** What every implementation of the Vfs contract must do. */
export function vfsSuite(name: string, open: () => VfsUnderTest): void {
  describe(`vfs contract: ${name}`, () => {
    let under: VfsUnderTest;
    beforeEach(() => {
      under = open();
    });
    afterEach(() => {
      under.close();
    });
    for (const [shows, run] of Object.entries({ ...contentCases, ...nameCases })) {
      it(shows, () => run(new VfsFixture(under.vfs, under.root)));
    }
  });
}
