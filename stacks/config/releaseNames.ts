/** What commands must know of the program's release: they see a program's configuration only. */
export { type Color, COLORS, otherColor } from "../../components/application/labels.ts";
export { canaryOf, canaryPods } from "../../components/release/canaryPods.ts";
export { leftOf, served } from "../../components/release/left.ts";
export { CANARY_ANNOTATION, digestOf, LEFT_ANNOTATION, MANAGER, RECORDS, SERIAL_ANNOTATION } from "../../components/release/names.ts";
