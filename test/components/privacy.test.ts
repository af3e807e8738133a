import { describe, expect, it } from "vitest";
import type { DataStore } from "../../components/component.ts";
import { processingRegister } from "../../components/privacy.ts";

const database: DataStore = { name: "shop-production-postgres", dataClass: "database", content: "application data", retention: "until deleted", erasure: "DELETE by user id" };
const backups: DataStore = { name: "shop-production-backups", dataClass: "backups", content: "dumps", retention: "90 days", erasure: "with the retention" };
const args = { prefix: "shop-production", controller: "Example Ltd", contact: "privacy@example.com", erasureDays: 30, region: "us-east-1", copyRegion: "us-west-2", stores: [database, backups] };

describe("processing register", () => {
  it("names controller, contact and both regions", () => {
    const register = processingRegister(args);
    expect(register).toMatchObject({ basis: "GDPR article 30(1)", system: "shop-production", controller: "Example Ltd", contact: "privacy@example.com", locations: ["us-east-1", "us-west-2"] });
  });

  it("has a line for each declared store, sorted by name whatever the order", () => {
    const names = (stores: DataStore[]) => processingRegister({ ...args, stores }).stores.map((s) => s.name);
    expect(names([database, backups])).toEqual(["shop-production-backups", "shop-production-postgres"]);
    expect(names([backups, database])).toEqual(names([database, backups]));
  });

  it("keeps what the store says and adds subjects, purpose and kind of data", () => {
    const [, line] = processingRegister(args).stores;
    expect(line).toMatchObject({ ...database, dataSubjects: "users of the application", purpose: "providing the application", erasureDays: 30 });
  });

  it("promises erasure in days for live stores only", () => {
    const [line] = processingRegister(args).stores;
    expect(line).toMatchObject({ dataClass: "backups", retention: "90 days" });
    expect(line).not.toHaveProperty("erasureDays");
  });

  it("is plain data that survives JSON", () => {
    const register = processingRegister(args);
    expect(JSON.parse(JSON.stringify(register))).toEqual(register);
  });

  it.each([
    ["no stores", { ...args, stores: [] }, /no store is given/],
    ["a name twice", { ...args, stores: [database, database] }, /two stores are called shop-production-postgres/],
    ["a period longer than the law's", { ...args, erasureDays: 31 }, /erasureDays is 31; 1 to 30/],
  ])("refuses %s", (_, wrong, message) => {
    expect(() => processingRegister(wrong)).toThrow(message);
  });
});
