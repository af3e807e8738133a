/** Folders of this checkout. */
import path from "node:path";

/** The checkout that this code runs from. */
export const CHECKOUT = path.resolve(import.meta.dirname, "..", "..");

/** Local state of the checkout: ignored by git, safe to delete. */
export const LOCAL_STATE = path.join(CHECKOUT, ".golive");

/** Node 24 as npm installed it; the machine's own may be older. */
export const NODE = path.join(CHECKOUT, "node_modules", ".bin", "node");
