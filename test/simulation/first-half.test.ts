import { surviveShort } from "./survive-seeds.js";

surviveShort(0);
