import { surviveShort } from "./survive-seeds.js";

surviveShort(1);
