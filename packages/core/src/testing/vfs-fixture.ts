import { expect } from "vitest";
import type { Vfs, WriteFile } from "../vfs/contract.js";

/** A file system under test, with an empty directory that exists. */
export class VfsFixture {
  readonly vfs: Vfs;
  readonly root: string;

  constructor(vfs: Vfs, root: string) {
    this.vfs = vfs;
    this.root = root;
  }

  path(name: string): string {
    return `${this.root}/${name}`;
  }

  /** Creates a file, lets `use` work on it and closes it. */
  withFile(name: string, use: (file: WriteFile) => void, dataSync = false): void {
    const file = this.vfs.openWrite(this.path(name), { create: true, dataSync });
    use(file);
    file.close();
  }

  put(name: string, content: Uint8Array): void {
    this.withFile(name, (file) => {
      file.write(content, 0);
    });
  }
}

/** Cases of a contract suite by what they show. */
export type VfsCases = Readonly<Record<string, (fixture: VfsFixture) => void | Promise<void>>>;

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

export function expectCode(call: () => unknown, code: string): void {
  expect(call).toThrowError(expect.objectContaining({ code }) as Error);
}
