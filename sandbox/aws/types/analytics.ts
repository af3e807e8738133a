/** Athena and Glue. */
import { always, arnOf, uniqueName, type TypeTable } from "./define.ts";

export const analytics: TypeTable = {
  "aws:athena/workgroup:Workgroup": {
    tags: true,
    name: { property: "name", max: 128 },
    defaults: { forceDestroy: false, state: "ENABLED" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `InvalidRequestException: WorkGroup ${name} is already created`),
    outputs: { arn: arnOf("athena", (draft) => `workgroup/${draft.name}`) },
  },
  "aws:athena/database:Database": {
    name: { property: "name" },
    defaults: { forceDestroy: false },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `InvalidRequestException: Database ${name} already exists`),
    replaceOn: ["bucket", "encryptionConfiguration", "comment"],
  },
  "aws:athena/namedQuery:NamedQuery": {
    name: { property: "name", max: 128 },
    defaults: { workgroup: "primary" },
    id: (draft) => draft.uuid(),
    replaceOn: ["database", "query", "description", "workgroup"],
  },
  "aws:glue/catalogDatabase:CatalogDatabase": {
    tags: true,
    name: { property: "name", lowerCase: true },
    id: (draft) => `${draft.text("catalogId", draft.account)}:${draft.name}`,
    unique: uniqueName((name) => `AlreadyExistsException: Database already exists: ${name}`),
    outputs: { arn: arnOf("glue", (draft) => `database/${draft.name}`), catalogId: (draft) => draft.account, createTableDefaultPermissions: always([]), locationUri: always("") },
  },
  "aws:glue/catalogTable:CatalogTable": {
    name: { property: "name", lowerCase: true },
    id: (draft) => `${draft.text("catalogId", draft.account)}:${draft.text("databaseName")}:${draft.name}`,
    unique: { key: (draft) => `${draft.text("databaseName")} ${draft.name}`, error: (draft) => `AlreadyExistsException: Table already exists: ${draft.name}` },
    replaceOn: ["databaseName"],
    outputs: { arn: arnOf("glue", (draft) => `table/${draft.text("databaseName")}/${draft.name}`), catalogId: (draft) => draft.account, parameters: always({}), partitionIndices: always([]), tableType: always("") },
  },
};
