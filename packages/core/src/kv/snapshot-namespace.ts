import type { ReadView } from "../engine/contract.js";
import { NamespaceReader } from "./reader.js";
import type { SpaceDirectory } from "./space.js";

/** A namespace as it was at one instant: reads only. */
export class SnapshotNamespace<T> extends NamespaceReader<T> {
  readonly #view: ReadView;

  constructor(spaces: SpaceDirectory, view: ReadView, name: string) {
    super(spaces, name);
    this.#view = view;
  }

  protected override view(): ReadView {
    return this.#view;
  }
}
