import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Role } from "../../src/access/viewer.ts";
import { startService, type TestService } from "../support/client.ts";
import { dossier, fillCatalogue, IMPORT, type ImportAnswer, RETRACT, type Sent } from "../support/dossiers.ts";
import { issueKey } from "../support/key.ts";

let service: TestService;
const keys: Record<string, string> = {};

beforeAll(async () => {
  service = await startService();
  await fillCatalogue(service.database);
  const holders: Readonly<Record<string, Readonly<Record<string, Role>>>> = {
    ...{ caoBang: { "04": "ADMIN" }, daNang: { "48": "ADMIN" }, both: { "04": "ADMIN", "48": "ADMIN" }, officer: { "04": "OFFICER" } },
    ...{ haLang: { "01558": "OFFICER" }, country: { VN: "ADMIN" } },
  };
  for (const [name, roles] of Object.entries(holders)) keys[name] = await issueKey(service.database, name, roles);
});
afterAll(() => service.close());

const send = (key: string, source: string, given: Sent, owner?: string) =>
  service.ask<ImportAnswer, object>(IMPORT, { source, owner, dossiers: [dossier(given)] }, keys[key]);
const sent = async (...given: Parameters<typeof send>) => {
  const { data, errors } = await send(...given);
  expect(errors).toBeUndefined();
  return data.importDossiers.report;
};

interface Source {
  readonly id: string;
  readonly title: string;
}
/** The source of a dossier of a code that one system alone uses. */
const sourceOf = async (code: string): Promise<Source> => {
  const { data, errors } = await service.ask<{ dossier: { source: Source } }, object>(
    "query ($code: ID!) { dossier(code: $code) { source { id title } } }",
    { code },
    keys["country"],
  );
  expect(errors).toBeUndefined();
  return data.dossier.source;
};

const change = (mutation: "transferSource" | "retireSource", input: object, key: string) => {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!`;
  return service.ask<Record<string, { source: Source }>, object>(
    `mutation ($input: ${type}) { ${mutation}(input: $input) { source { id title } } }`,
    { input },
    keys[key],
  );
};
const codeOf = ({ errors }: { readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[] | undefined }) =>
  errors?.[0]?.extensions["code"];

const trailOf = async (unit: string, operation: string) => {
  const text = "query ($unit: ID!) { auditTrail(unit: $unit) { nodes { operation subject before after unit { code } } } }";
  const { data } = await service.ask<{ auditTrail: { nodes: { operation: string; unit: { code: string } }[] } }, object>(
    text,
    { unit },
    keys["country"],
  );
  return data.auditTrail.nodes.filter((node) => node.operation === operation);
};

describe("sources of records", () => {
  it("belong to their owner: two units may each have one of the same name, hidden from each other", async () => {
    expect(await sent("caoBang", "igate", { code: "cb-1" })).toMatchObject({ created: 1 });
    expect(await sent("daNang", "igate", { code: "dn-1", unit: "20194" })).toMatchObject({ created: 1 });
    const [ours, theirs] = [await sourceOf("cb-1"), await sourceOf("dn-1")];
    expect([ours.title, theirs.title]).toEqual(["igate", "igate"]);
    expect(ours.id).not.toBe(theirs.id);
    // Not made from the name, and the same with the next import.
    expect(ours.id).toMatch(/^[0-9a-f]{8}-/);
    await sent("caoBang", "igate", { code: "cb-2" });
    expect(await sourceOf("cb-2")).toEqual(ours);
  });

  it("require their owner if the caller covers several of one name", async () => {
    const refused = await send("both", "igate", { code: "cb-3" });
    expect(refused.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", argument: "owner" } }]);
    expect(refused.errors![0]!.message).toContain("04, 48");
    expect(await sent("both", "igate", { code: "cb-3" }, "04")).toMatchObject({ created: 1 });
    expect(await sourceOf("cb-3")).toEqual(await sourceOf("cb-1"));
    expect((await sent("both", (await sourceOf("cb-1")).id, { code: "cb-3" })).unchanged).toBe(1);
  });

  it("are created for the given owner, which the caller must cover", async () => {
    expect(await sent("caoBang", "desk", { code: "cb-4" }, "01558")).toMatchObject({ created: 1 });
    expect(await sent("haLang", "desk", { code: "cb-4" })).toMatchObject({ unchanged: 1 });
    expect(codeOf(await send("haLang", "desk", { code: "cb-5" }, "04"))).toBe("FORBIDDEN");
    const unknown = await send("caoBang", "desk", { code: "cb-5" }, "nowhere");
    expect(unknown.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", argument: "owner" } }]);
    expect(unknown.errors![0]!.message).toContain('owner: "nowhere" is not accepted');
  });

  it.each([
    ["an OFFICER", "officer", "48", "FORBIDDEN"],
    ["the ADMIN of its owner alone", "caoBang", "48", "FORBIDDEN"],
    ["the ADMIN of the new owner alone", "daNang", "48", "FORBIDDEN"],
    ["who names an unknown unit", "both", "nowhere", "BAD_USER_INPUT"],
  ])("are not handed over by %s", async (_who, key, to, code) => {
    expect(codeOf(await change("transferSource", { source: "igate", owner: "04", to }, key))).toBe(code);
  });

  it("are transferred with all their records: ids stay, the new owner continues to send, both audit trails record it", async () => {
    await sent("caoBang", "moving", { code: "mv-1" });
    const before = await sourceOf("mv-1");
    expect(codeOf(await change("transferSource", { source: "igate", owner: "04", to: "48" }, "both"))).toBe("CONFLICT");
    expect(codeOf(await change("transferSource", { source: "nothing", owner: "04", to: "48" }, "both"))).toBe("BAD_USER_INPUT");
    const { data, errors } = await change("transferSource", { source: "moving", owner: "04", to: "01558" }, "both");
    expect(errors).toBeUndefined();
    expect(data["transferSource"]!.source).toEqual(before);
    expect(await sent("haLang", "moving", { code: "mv-1" })).toMatchObject({ unchanged: 1, created: 0 });
    expect(await sourceOf("mv-1")).toEqual(before);
    for (const unit of ["04", "01558"])
      expect((await trailOf(unit, "transferSource")).filter((entry) => entry.unit.code === unit)).toMatchObject([
        { subject: before.id, before: { name: "moving", owner: "04" }, after: { name: "moving", owner: "01558" } },
      ]);
  });

  it("that are retired accept no records, keep their records, and free their name", async () => {
    await sent("caoBang", "old", { code: "old-1" });
    const old = await sourceOf("old-1");
    expect(codeOf(await change("retireSource", { source: "old", owner: "04" }, "officer"))).toBe("FORBIDDEN");
    expect((await change("retireSource", { source: "old", owner: "04" }, "caoBang")).data["retireSource"]!.source).toEqual(old);
    // Retired again, by its id, it is as it was.
    expect((await change("retireSource", { source: old.id, owner: "04" }, "caoBang")).data["retireSource"]!.source).toEqual(old);
    expect(await trailOf("04", "retireSource")).toHaveLength(1);
    expect(await sourceOf("old-1")).toEqual(old);
    expect(codeOf(await send("caoBang", old.id, { code: "old-2" }))).toBe("CONFLICT");
    expect(codeOf(await change("transferSource", { source: old.id, owner: "04", to: "48" }, "both"))).toBe("CONFLICT");
    expect(await sent("caoBang", "old", { code: "old-3" })).toMatchObject({ created: 1 });
    expect((await sourceOf("old-3")).id).not.toBe(old.id);
    // What it sent wrongly can still be taken back.
    const retracted = await service.ask<object, object>(RETRACT, { source: old.id, codes: ["old-1"] }, keys["caoBang"]);
    expect(retracted.data).toMatchObject({ retractDossiers: { report: { isKept: true, updated: 1 } } });
  });

  it("retract all of the codes or none: an unknown code is a problem of its row", async () => {
    await sent("caoBang", "igate", { code: "cb-9" });
    const { data, errors } = await service.ask<object, object>(
      RETRACT,
      { source: "igate", codes: ["cb-9", "dn-1", "nothing"] },
      keys["caoBang"],
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      retractDossiers: { report: { isKept: false, rejected: 2, problems: [2, 3].map((row) => ({ row, code: "UNKNOWN_DOSSIER" })) } },
    });
    expect(await sent("caoBang", "igate", { code: "cb-9" })).toMatchObject({ unchanged: 1 });
  });
});
