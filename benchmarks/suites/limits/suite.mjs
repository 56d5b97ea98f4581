export const limits = true;
export const title = "Limits";
export const description =
  "What must stay in its place, whatever is done: memory, pauses, the time to open. A row is a key " +
  "or number with a text of random letters and digits, which does not compress; rows are written in " +
  "scattered order. Memory is the peak of the whole process (VmHWM: Node itself, its code and heap, " +
  "and for lmdb the pages of its map). The database has a buffer pool of 64 MB and a write buffer of " +
  "16 MB unless the row says otherwise; SQLite has a page cache of 64 MB.\n\n" +
  "Pauses are those of `monitorEventLoopDelay` with a resolution of 1 ms: an idle process shows 1.1 ms, " +
  "and nothing is subtracted. They hold what the producer of the load itself does in one turn.";
