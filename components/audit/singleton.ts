/** An account has one of these a region: make it, use what is there, or do without. */
export type Singleton = "create" | "adopt" | "off";
