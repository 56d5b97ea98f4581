import { lmdbEngine } from "../lmdb.mjs";

export default lmdbEngine({ title: "lmdb" }, {});
