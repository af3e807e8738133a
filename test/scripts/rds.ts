/** RDS as far as the drill uses it: the instances are the test's own server, which takes a new password and the old one back. */
import type { Handlers } from "./fakeAws.ts";
import { PASSWORD, type Postgres } from "./postgres.ts";

/** Instances that are there, by identifier. */
export type Databases = Record<string, { restorableSecondsAgo: number }>;

/** Handlers over `databases`, which restore and delete change. */
export function rdsOf(postgres: Postgres, databases: Databases): Handlers {
  const id = (form: Record<string, unknown>, name: string) => String(form[name]);
  return {
    DescribeDBInstances: (form) => {
      const name = id(form, "DBInstanceIdentifier");
      const found = databases[name];
      if (found === undefined) return { error: "DBInstanceNotFound", status: 404 };
      const restorable = new Date(Date.now() - found.restorableSecondsAgo * 1000).toISOString();
      return {
        xml: `<DBInstances><DBInstance><DBInstanceIdentifier>${name}</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus>`
          + `<LatestRestorableTime>${restorable}</LatestRestorableTime><Endpoint><Address>127.0.0.1</Address><Port>${postgres.port}</Port></Endpoint></DBInstance></DBInstances>`,
      };
    },
    RestoreDBInstanceToPointInTime: (form) => {
      databases[id(form, "TargetDBInstanceIdentifier")] = { restorableSecondsAgo: 0 };
      return { xml: "" };
    },
    ModifyDBInstance: async (form) => {
      await postgres.sql(`alter role ${postgres.user} password '${id(form, "MasterUserPassword")}'`);
      return { xml: "" };
    },
    DeleteDBInstance: async (form) => {
      Reflect.deleteProperty(databases, id(form, "DBInstanceIdentifier"));
      await postgres.sql(`alter role ${postgres.user} password '${PASSWORD}'`);
      return { xml: "" };
    },
  };
}
