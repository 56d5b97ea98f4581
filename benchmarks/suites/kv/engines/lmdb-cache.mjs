import { lmdbEngine } from "../lmdb.mjs";

export default lmdbEngine({ title: "lmdb, cache: true", onlyWhenNamed: true }, { cache: true });
