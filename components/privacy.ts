/** The record of processing activities (GDPR, article 30), made from the stores that are really declared. */
import type { DataClass, DataStore } from "./component.ts";

export interface ProcessingRegisterArgs {
  /** Application and stack, such as `shop-production`. */
  prefix: string;
  /** Controller: who answers for the processing, article 30(1)(a). */
  controller: string;
  /** Address for data protection questions. */
  contact: string;
  /** Days in which an erasure request is carried out in live stores; 30 at most (article 12(3): one month). */
  erasureDays: number;
  /** Where the data is. */
  region: string;
  /** Second region that backups are copied to. */
  copyRegion?: string;
  /** Stores that the components declare. */
  stores: DataStore[];
}

/** One store, with what article 30 asks of it. */
export interface RegisterEntry extends DataStore {
  /** Categories of personal data, by the kind of store. */
  personalData: string;
  dataSubjects: string;
  purpose: string;
  /** Days until erasure is complete in this store; undefined when the retention ends it. */
  erasureDays?: number;
}

export interface ProcessingRegister {
  basis: "GDPR article 30(1)";
  system: string;
  controller: string;
  contact: string;
  processors: string[];
  locations: string[];
  /** Measures of article 32, in words. */
  security: string[];
  erasure: string;
  stores: RegisterEntry[];
}

interface ClassMeaning {
  personalData: string;
  dataSubjects: string;
  purpose: string;
  /** Live stores answer an erasure request; the others keep what they have until their retention ends. */
  live: boolean;
}

const USERS = "users of the application";
const STAFF = "operators of the application";

const MEANINGS: Record<DataClass, ClassMeaning> = {
  database: { personalData: "accounts, contact data, content entered by users", dataSubjects: USERS, purpose: "providing the application", live: true },
  cache: { personalData: "sessions and cached account data", dataSubjects: USERS, purpose: "keeping users logged in, fast answers", live: true },
  files: { personalData: "files uploaded by users", dataSubjects: USERS, purpose: "providing the application", live: true },
  backups: { personalData: "copies of database and files", dataSubjects: USERS, purpose: "recovery after loss (article 32(1)(c))", live: false },
  archive: { personalData: "records kept for legal periods", dataSubjects: USERS, purpose: "legal retention", live: false },
  audit: { personalData: "names and addresses behind administrative actions", dataSubjects: STAFF, purpose: "accountability and security", live: false },
  logs: { personalData: "network addresses, request paths", dataSubjects: USERS, purpose: "operation and security", live: false },
  secrets: { personalData: "none", dataSubjects: "none", purpose: "authentication between systems", live: false },
  cluster: { personalData: "none", dataSubjects: "none", purpose: "running the application", live: false },
  volumes: { personalData: "network addresses and user identifiers in metrics, logs and traces", dataSubjects: USERS, purpose: "operation", live: false },
  messages: { personalData: "mail addresses of staff, alarm texts", dataSubjects: STAFF, purpose: "alerting", live: false },
};

const SECURITY = [
  "encryption at rest with customer keys, one for each class of data, rotated every 90 days",
  "encryption in transit, TLS 1.2 or newer, between all parts",
  "access by roles with least privilege, second factor and sessions of 8 hours at most",
  "audit trail of all administrative actions, locked against change",
  "backups with scheduled restore drills",
  "logs without passwords, tokens and keys",
];

/**
 * Plain data, sorted by name, for a stack output: the same stores give the same register, whatever order they come in.
 * Throws when two stores share a name, when none is given, or when erasure would take longer than the law allows.
 */
export function processingRegister(args: ProcessingRegisterArgs): ProcessingRegister {
  check(args);
  return {
    basis: "GDPR article 30(1)",
    system: args.prefix,
    controller: args.controller,
    contact: args.contact,
    processors: ["Amazon Web Services (infrastructure)"],
    locations: [...new Set([args.region, ...(args.copyRegion === undefined ? [] : [args.copyRegion])])],
    security: SECURITY,
    erasure: `Requests are carried out in live stores within ${args.erasureDays} days; copies in backups, archive, audit trail and logs go with their retention and are not restored into live stores without repeating the erasure.`,
    stores: args.stores.map((store) => entry(store, args.erasureDays)).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function entry(store: DataStore, erasureDays: number): RegisterEntry {
  const { live, ...meaning } = MEANINGS[store.dataClass];
  return live ? { ...store, ...meaning, erasureDays } : { ...store, ...meaning };
}

function check(args: ProcessingRegisterArgs): void {
  if (args.stores.length === 0) {
    throw new Error("Processing register: no store is given; pass the `stores` of every component that holds data.");
  }
  const names = args.stores.map((store) => store.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(`Processing register: two stores are called ${twice}; give each a name of its own.`);
  }
  if (args.erasureDays < 1 || args.erasureDays > 30) {
    throw new Error(`Processing register: erasureDays is ${args.erasureDays}; 1 to 30 are allowed (GDPR article 12(3): one month).`);
  }
}
