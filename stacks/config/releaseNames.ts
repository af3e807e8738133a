/** What commands must know of the program's release: they see a program's configuration only. */
export { type Color, COLORS, otherColor } from "../../components/application/labels.ts";
export { digestOf, MANAGER, RECORDS, SERIAL_ANNOTATION } from "../../components/release/names.ts";
