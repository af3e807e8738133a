/** The nodes of one data file; equal nodes are stored once, which folds WAF's statement trees to a few hundred. */
import type { Node } from "../data.ts";

/** Collects nodes and numbers them in order of first use. */
export class NodeTable {
  readonly nodes: Node[] = [];
  readonly #known = new Map<string, number>();

  /** Number of a node equal to this one. */
  add(node: Node): number {
    const key = JSON.stringify(node);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = this.nodes.push(node) - 1;
    this.#known.set(key, index);
    return index;
  }
}
