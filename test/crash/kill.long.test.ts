import { testKills } from "./kill-rounds.js";

testKills(Number(process.env["AEGIS_KILLS"] ?? 200));
