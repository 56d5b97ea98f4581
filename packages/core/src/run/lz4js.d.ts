/** The two functions of lz4js that we use; the package carries no types. */
declare module "lz4js" {
  const lz4: {
    /** Largest size that compressing `size` bytes can give. */
    compressBound(size: number): number;
    /**
     * Compresses `source[at, at + size)` into `target` from 0 on and returns the bytes written, 0
     * if nothing repeats. `hashTable` has 65,536 entries, all 0.
     */
    compressBlock(
      source: Uint8Array,
      target: Uint8Array,
      at: number,
      size: number,
      hashTable: Uint32Array,
    ): number;
    /**
     * Decompresses `source[at, at + size)` into `target` from `targetAt` on and returns the end.
     * Checks nothing: on damaged input the end may be anywhere.
     */
    decompressBlock(
      source: Uint8Array,
      target: Uint8Array,
      at: number,
      size: number,
      targetAt: number,
    ): number;
  };
  export default lz4;
}
