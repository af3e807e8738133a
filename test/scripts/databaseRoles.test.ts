/**
 * The database users for real, made by a master user who is no superuser, on the version that the stacks declare and on
 * the one that is installed. From PostgreSQL 16 on, creating a role makes a member of it: what the master user must not be.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { profiles } from "../../stacks/config/profiles.ts";
import { type FakeAws, startFakeAws } from "./fakeAws.ts";
import { PASSWORD, type Postgres, startPostgres } from "./postgres.ts";
import { requirePackages } from "./servers.ts";
import { databaseRoles, USERS } from "./users.ts";

const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:master-AbCdEf";
/** A second set of users, as earlier versions of the job left them: the migration user owns what it made. */
const OLD = { APPLICATION_USER: "old_app", MIGRATION_USER: "old_migration", BACKUP_USER: "old_backup", MAINTENANCE_USER: "old_maintenance", MONITORING_USER: "old_monitoring", OWNER_ROLE: "old_owner" };

describe.each(["declared", "installed"] as const)("on the %s version of PostgreSQL", (server) => {
  let postgres: Postgres;
  let aws: FakeAws;

  /** Who is a member of what, leaving out the server's own roles. */
  const memberships = async () => (await postgres.sql("select m.rolname || ' in ' || r.rolname from pg_auth_members join pg_roles r on r.oid = roleid join pg_roles m on m.oid = member where m.rolname !~ '^(pg_|rds|old_)' order by 1")).split("\n");
  const privileges = async () => await postgres.sql("select 'default', defaclobjtype::text, defaclacl::text from pg_default_acl union all select 'database', datname, datacl::text from pg_database union all select 'role', rolname, rolconfig::text from pg_roles order by 1, 2, 3");
  const master = async () => await postgres.sql("select 1", "shop", postgres.user);

  beforeAll(async () => {
    requirePackages();
    postgres = await startPostgres({ server, iamUsers: [...Object.values(USERS), "shop_web"] });
    aws = await startFakeAws({
      GetSecretValue: (parameters) => (parameters["SecretId"] === SECRET ? { json: { SecretString: JSON.stringify({ username: postgres.user, password: PASSWORD }) } } : { error: "ResourceNotFoundException" }),
    });
  });

  afterAll(async () => {
    await Promise.all([postgres?.stop(), aws?.stop()]);
  });

  it("runs what it says", () => {
    if (server === "declared") expect(String(postgres.major)).toBe(profiles.standard.postgres.majorVersion);
    else expect(postgres.major).toBeGreaterThanOrEqual(15);
  });

  it("are made by two runs at once, with what each needs and nothing else", async () => {
    const values = { PGUSER: "", PGPASSWORD: "", MASTER_SECRET_ARN: SECRET, AWS_ENDPOINT_URL: aws.url };
    for (const done of await Promise.all([databaseRoles(postgres, values), databaseRoles(postgres, values)])) {
      expect(done.stderr).toContain("are as they should be");
      expect(done.stderr).not.toMatch(/WARNING|ERROR/);
      expect(done.stderr).not.toContain(PASSWORD);
    }
    expect(aws.refused).toEqual([]);
    expect((await memberships()).filter((line) => !line.startsWith("golive_master "))).toEqual([
      "golive_backup in pg_read_all_data", "golive_backup in rds_iam", "golive_maintenance in golive_owner", "golive_maintenance in rds_iam",
      "golive_migration in golive_owner", "golive_migration in rds_iam", "golive_monitoring in pg_monitor", "golive_monitoring in rds_iam", "shop_app in rds_iam",
    ]);
    expect(await postgres.sql("select rolname, rolcanlogin, rolcreaterole, has_database_privilege(rolname, 'shop', 'create'), has_schema_privilege(rolname, 'public', 'create') from pg_roles where rolname ~ '^(golive|shop)_' and rolname <> 'golive_master' order by 1")).toBe(
      "golive_backup|t|f|f|f\ngolive_maintenance|t|f|t|f\ngolive_migration|t|f|t|f\ngolive_monitoring|t|f|f|f\ngolive_owner|f|f|t|f\nshop_app|t|f|f|f");
    expect(await postgres.sql("select has_database_privilege('public', 'shop', 'connect')")).toBe("f");
  });

  it("leave the master user outside, and its password valid", async () => {
    expect(await postgres.sql(`select rolname from pg_roles where rolname in ('${Object.values(USERS).join("', '")}') and pg_has_role('${postgres.user}', oid, 'member')`)).toBe("");
    expect(await master()).toBe("1");
    // What it is a member of: its own group, the owner, and on 16 rds_iam itself, which it needs on plain PostgreSQL only.
    expect(new Set((await memberships()).filter((line) => line.startsWith("golive_master ")))).toEqual(new Set(["golive_master in golive_owner", "golive_master in rds_superuser", ...(postgres.major < 16 ? [] : ["golive_master in rds_iam"])]));
  });

  it("stay as they are when the job runs again", async () => {
    const before = [await memberships(), await privileges()];
    const done = await databaseRoles(postgres);
    expect(done.stderr).toContain("are as they should be");
    expect([await memberships(), await privileges()]).toEqual(before);
    expect(await master()).toBe("1");
  });

  it("let the application use, the backup read and the maintenance keep what a migration makes", async () => {
    await postgres.sql(`
      create extension pg_trgm; create extension "uuid-ossp";
      create schema shop; create table shop.orders (id serial primary key); create table shop.audit (id int);
      create table shop.events (at date) partition by range (at);
      revoke update, delete on shop.audit from shop_app`, "shop", "golive_migration");
    expect(await postgres.sql("select distinct pg_get_userbyid(relowner) from pg_class where relnamespace = 'shop'::regnamespace")).toBe("golive_owner");
    await postgres.sql("insert into shop.orders default values; insert into shop.audit values (1)", "shop", "shop_app");
    await expect(postgres.sql("delete from shop.audit", "shop", "shop_app")).rejects.toThrow("permission denied for table audit");
    await expect(postgres.sql("drop table shop.orders", "shop", "shop_app")).rejects.toThrow("must be owner of table orders");
    await expect(postgres.sql("create table shop.more ()", "shop", "shop_app")).rejects.toThrow("permission denied for schema shop");
    expect(await postgres.sql("select count(*) from shop.orders", "shop", "golive_backup")).toBe("1");
    await expect(postgres.sql("delete from shop.orders", "shop", "golive_backup")).rejects.toThrow("permission denied for table orders");
    await postgres.sql("analyze shop.orders; set role golive_owner; create table shop.events_2026 partition of shop.events for values from ('2026-01-01') to ('2027-01-01')", "shop", "golive_maintenance");
    // The restore drill counts the rows of the recovered instance as the master user.
    expect(await postgres.sql("select count(*) from shop.orders", "shop", postgres.user)).toBe("1");
  });

  it("give another application user what there is and what comes, once", async () => {
    const renamed = { APPLICATION_USER: "shop_web" };
    expect((await databaseRoles(postgres, renamed)).stderr).toContain("users shop_web,");
    await postgres.sql("create table shop.carts (id serial)", "shop", "golive_migration");
    await postgres.sql("insert into shop.orders default values; delete from shop.audit; insert into shop.carts default values", "shop", "shop_web");
    // Colors change one after the other: the user of the other one goes on meanwhile.
    await postgres.sql("insert into shop.carts default values", "shop", "shop_app");
    // A later migration narrows what it may do; the hourly run does not widen it again.
    await postgres.sql("revoke delete on shop.audit from shop_web", "shop", "golive_migration");
    expect((await databaseRoles(postgres, renamed)).code).toBe(0);
    await expect(postgres.sql("delete from shop.audit", "shop", "shop_web")).rejects.toThrow("permission denied for table audit");
    expect(await master()).toBe("1");
  });

  it("of an earlier version of the job go on", async () => {
    // On 15 that version ran as the master user; on 16 it locks that user out, so its users come by an upgrade from 15.
    const maker = postgres.major < 16 ? postgres.user : undefined;
    await postgres.sql(`
      create role old_app login; create role old_migration login; create role old_backup login; create role old_maintenance login;
      grant rds_iam to old_app, old_migration, old_backup, old_maintenance; grant pg_read_all_data to old_backup; grant old_migration to old_maintenance;
      grant connect, create, temporary on database shop to old_migration; grant connect on database shop to old_app, old_backup, old_maintenance`, "shop", maker);
    await postgres.sql(`
      set role old_migration; create schema old;
      alter default privileges grant usage on schemas to old_app; alter default privileges grant select, insert, update, delete on tables to old_app;
      grant usage on schema old to old_app; create table old.orders (id int)`);
    const done = await databaseRoles(postgres, OLD);
    expect(done.code).toBe(0);
    const owner = await postgres.sql("select pg_get_userbyid(relowner) from pg_class where relname = 'orders' and relnamespace = 'old'::regnamespace");
    if (postgres.major < 16) expect([owner, done.stderr]).toEqual(["old_owner", expect.not.stringContaining("WARNING")]);
    else expect([owner, done.stderr]).toEqual(["old_migration", expect.stringContaining("WARNING:  the migration user owns the tables, as an earlier version of this job left it")]);
    await postgres.sql("set role old_app; insert into old.orders values (1)");
    await postgres.sql("set role old_maintenance; analyze old.orders; alter table old.orders add note text");
    const again = await databaseRoles(postgres, { ...OLD, APPLICATION_USER: "old_web" });
    if (postgres.major < 16) {
      expect(again.code).toBe(0);
      await postgres.sql("set role old_web; insert into old.orders values (2)");
    } else {
      for (const text of ["keep the name of the application user", "the users could not be made; nothing was changed"]) expect(again.stderr).toContain(text);
      expect(await postgres.sql("select count(*) from pg_roles where rolname = 'old_web'")).toBe("0");
    }
    expect(await master()).toBe("1");
  });

  it("are not made when the master user would be locked out", async () => {
    // As a person does it by hand: on 16 the creator is a member by that, on 15 after a grant.
    await postgres.sql(`create role made_by_hand login; grant rds_iam to made_by_hand; ${postgres.major < 16 ? `grant made_by_hand to ${postgres.user}` : ""}`, "shop", postgres.user);
    const done = await databaseRoles(postgres, { APPLICATION_USER: "shop_other" });
    expect(done.stderr).toContain("golive_master would be in the role rds_iam by way of made_by_hand, and its password would be refused");
    expect(done.stderr).toContain("the users could not be made; nothing was changed");
    expect(done.code).toBe(1);
    expect(await postgres.sql("select count(*) from pg_roles where rolname in ('shop_other', 'golive_creator')")).toBe("0");
  });
});
