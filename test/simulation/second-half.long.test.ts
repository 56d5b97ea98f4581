import { surviveLong } from "./survive-seeds.js";

surviveLong(1);
