import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { PUBLISH, SUBMIT, type SubmitAnswer, WITHDRAW } from "../support/reports.ts";

/** The secret of a key; null is nobody. */
type Who = string | null;

const SUPERSEDES = "query ($id: ID!) { report(id: $id) { supersedes { id } } }";
const STATE = "query ($id: ID!) { report(id: $id) { state figures { value } } }";

/** A ward of Cao Bằng until 30 June 2025. */
const WARD = "01273";
let serial = 0;
const newKey = () => `key-${++serial}`;
const figure = (measure: string, value: number | null, more: object = {}) => ({
  ...{ measure, value, period: "2024", scope: "COMMUNE", quote: "trong năm" },
  ...more,
});
const report = (figures: object[], more: object = {}) => ({ title: "Báo cáo cải cách hành chính", unit: WARD, figures, ...more });
const received = (value: number) => report([figure("dossier.received", value)]);

describe("reports by API", () => {
  let service: TestService;
  let officer: string;
  let admin: string;
  let viewer: string;
  let other: string;

  const ask = <T>(who: Who, query: string, variables: object = {}) => service.ask<T, object>(query, variables, who ?? undefined);
  const submit = (who: Who, input: object, idempotencyKey = newKey()) =>
    ask<SubmitAnswer>(who, SUBMIT, { input: { ...input, idempotencyKey } });
  const submitted = async (input: object, who = officer, key?: string): Promise<string> => {
    const { data } = await submit(who, input, key);
    expect(data.submitReport.problems).toEqual([]);
    return data.submitReport.report!.id;
  };
  const published = async (input: object): Promise<string> => {
    const id = await submitted(input);
    expect((await ask(admin, PUBLISH, { id })).errors).toBeUndefined();
    return id;
  };
  const stateOf = async (id: string, who: Who = officer) =>
    (await ask<{ report: { state: string } | null }>(who, STATE, { id })).data.report?.state ?? null;
  const codeOf = (answer: { errors?: readonly { extensions: Record<string, unknown> }[] }) => answer.errors?.[0]?.extensions["code"];

  beforeAll(async () => {
    service = await startService();
    officer = await issueKey(service.database, "officer", { "04": "OFFICER" });
    admin = await issueKey(service.database, "admin", { "04": "ADMIN" });
    viewer = await issueKey(service.database, "viewer", { "04": "VIEWER" });
    other = await issueKey(service.database, "other", { "48": "ADMIN" });
  });
  afterAll(() => service.close());

  it("takes each of the three changes from those alone who may make it", async () => {
    expect(codeOf(await submit(null, received(1)))).toBe("UNAUTHENTICATED");
    expect(codeOf(await submit(viewer, received(1)))).toBe("FORBIDDEN");
    expect((await submit(other, received(1))).errors?.[0]?.message).toBe("Your role does not cover Phường Hợp Giang (01273)");
    const id = await submitted(received(1));
    for (const [mutation, who, code] of [
      [PUBLISH, null, "UNAUTHENTICATED"],
      [PUBLISH, viewer, "FORBIDDEN"],
      [PUBLISH, officer, "FORBIDDEN"],
      [PUBLISH, other, "NOT_FOUND"],
      [WITHDRAW, null, "UNAUTHENTICATED"],
      [WITHDRAW, viewer, "FORBIDDEN"],
      [WITHDRAW, other, "NOT_FOUND"],
    ] as const)
      expect(codeOf(await ask(who, mutation, { id }))).toBe(code);
    expect(await stateOf(id)).toBe("DRAFT");
    expect((await ask(admin, PUBLISH, { id })).errors).toBeUndefined();
    expect(codeOf(await ask(officer, WITHDRAW, { id }))).toBe("FORBIDDEN");
    expect((await ask(other, WITHDRAW, { id })).errors?.[0]?.message).toBe("This needs the role ADMIN on Phường Hợp Giang (01273)");
    expect((await ask(admin, WITHDRAW, { id })).data).toEqual({
      withdrawReport: { report: { id, state: "WITHDRAWN", reason: "nhập sai" } },
    });
  });

  it("answers of another province's draft what it answers of none", async () => {
    const id = await submitted(received(1));
    const none = "00000000-0000-4000-8000-000000000000";
    for (const query of [STATE, PUBLISH, WITHDRAW]) {
      const [hidden, absent] = [await ask(other, query, { id }), await ask(other, query, { id: none })];
      expect(JSON.stringify(hidden).replaceAll(id, none)).toBe(JSON.stringify(absent));
    }
    const correction = await submit(other, {
      ...received(1),
      unit: "48",
      figures: [figure("dossier.received", 1, { scope: null })],
      supersedes: id,
    });
    expect(codeOf(correction)).toBe("NOT_FOUND");
  });

  it("tells when it came into its state, ISO 8601 in the time of the country", async () => {
    const id = await submitted(received(1));
    const { data } = await ask(officer, "query ($id: ID!) { report(id: $id) { submittedAt stateAt } }", { id });
    expect(data).toEqual({ report: { submittedAt: "2026-11-22T12:00:00.000000+07:00", stateAt: "2026-11-22T12:00:00.000000+07:00" } });
  });

  describe("under one idempotency key", () => {
    it("F22, F23: exists once, however often and from however many at once it is sent", async () => {
      const key = newKey();
      const answers = await Promise.all(Array.from({ length: 20 }, () => submit(officer, received(3), key)));
      expect(answers.filter(({ errors }) => errors)).toEqual([]);
      const [id, ...others] = new Set(answers.map(({ data }) => data.submitReport.report!.id));
      expect(others).toEqual([]);
      const { rows } = await sql<{ sources: number; audits: number; figures: number }>`
        select (select count(*) from source where idempotency_key = ${key}) as sources,
          (select count(*) from audit_entry where subject = ${id}) as audits,
          (select count(*) from figure f join source s on s.id = f.source_id where s.idempotency_key = ${key}) as figures`.execute(
        service.database.orm.em.fork().getKysely(),
      );
      expect(rows).toEqual([{ sources: 1, audits: 1, figures: 1 }]);
    });

    it("F24, F25: is a CONFLICT with another body, and nobody else's", async () => {
      const key = newKey();
      const first = await submitted(received(3), officer, key);
      expect(codeOf(await submit(officer, received(4), key))).toBe("CONFLICT");
      expect(await submitted(received(4), admin, key)).not.toBe(first);
    });

    it("is a CONFLICT for a caller whose roles are on other units by now, whatever was sent", async () => {
      const key = await issueKey(service.database, "moved", { "04": "OFFICER" });
      await submitted(received(3), key);
      const again = newKey();
      await submitted(received(3), key, again);
      await sql`update access_grant set unit_id = (select id from unit where key = '48.2025')
        where access_key_id = (select id from access_key where name = 'moved')`.execute(service.database.orm.em.fork().getKysely());
      const elsewhere = { title: "t", unit: "48", figures: [figure("dossier.received", 1, { scope: null })] };
      expect(codeOf(await submit(key, elsewhere, again))).toBe("CONFLICT");
    });

    it("F26: remembers no failure", async () => {
      const key = newKey();
      expect((await submit(officer, received(-1), key)).data.submitReport.report).toBeNull();
      await submitted(received(1), officer, key);
    });
  });

  describe("corrected", () => {
    it("as a draft it gives way at once, and the correction corrects what it did", async () => {
      const first = await published(received(5));
      const draft = await submitted({ ...received(6), supersedes: first });
      const correction = await submitted({ ...received(7), supersedes: draft });
      const { data } = await ask<{ report: unknown }>(officer, SUPERSEDES, { id: correction });
      expect(data.report).toEqual({ supersedes: { id: first } });
      expect([await stateOf(first), await stateOf(draft)]).toEqual(["PUBLISHED", "SUPERSEDED"]);
      expect(codeOf(await ask(admin, PUBLISH, { id: draft }))).toBe("CONFLICT");
      await ask(admin, PUBLISH, { id: correction });
      expect(await stateOf(first)).toBe("SUPERSEDED");
      await ask(admin, WITHDRAW, { id: correction });
      expect(await stateOf(first)).toBe("SUPERSEDED");
    });

    it("twice, the second correction is a CONFLICT that changes nothing", async () => {
      const first = await published(received(5));
      const [one, two] = [await submitted({ ...received(6), supersedes: first }), await submitted({ ...received(7), supersedes: first })];
      const answers = await Promise.all([ask(admin, PUBLISH, { id: one }), ask(admin, PUBLISH, { id: two })]);
      expect(answers.map((answer) => String(codeOf(answer))).toSorted()).toEqual(["CONFLICT", "undefined"]);
      expect([await stateOf(one), await stateOf(two)].map(String).toSorted()).toEqual(["DRAFT", "PUBLISHED"]);
    });

    it("and withdrawn it is published no more, and says so", async () => {
      const first = await published(received(5));
      const correction = await submitted({ ...received(6), supersedes: first });
      await ask(admin, PUBLISH, { id: correction });
      await ask(admin, WITHDRAW, { id: correction });
      const { errors } = await ask(admin, PUBLISH, { id: correction });
      expect(errors?.[0]?.message).toBe(`id: the report ${correction} is WITHDRAWN; nothing was changed`);
    });

    it("must not be withdrawn before", async () => {
      const id = await published(received(5));
      await ask(admin, WITHDRAW, { id });
      expect(codeOf(await submit(officer, { ...received(6), supersedes: id }))).toBe("CONFLICT");
    });
  });

  it("speaks for a unit that is no more through the unit that holds it now, not through a role on the ended unit", async () => {
    const district = { ...report([figure("dossier.received", 1, { scope: "DISTRICT", period: "2021" })]), unit: "048" };
    await submitted(district);
    const ended = await issueKey(service.database, "ended", { "048.2015": "ADMIN" });
    expect(codeOf(await submit(ended, district))).toBe("FORBIDDEN");
    expect(await stateOf(await submitted(district), ended)).toBe("DRAFT");
    expect(await stateOf(await submitted(received(2)), ended)).toBeNull();
  });

  it("is hidden by row-level security too, and cannot be forged, changed or deleted by the service's role", async () => {
    const id = await submitted(received(9));
    const db = () => service.database.pools.requests.em.fork().getKysely();
    expect((await sql`select from source where key = ${id}`.execute(db())).rows).toHaveLength(0);
    expect(
      (await sql`select from figure f where not exists (select from source s where s.id = f.source_id)`.execute(db())).rows,
    ).toHaveLength(0);
    for (const silent of [
      sql`update source set state = 'WITHDRAWN' returning id`,
      sql`update unit set ended_on = '2026-01-01' where key = '48.2015' returning id`,
      sql`update unit_version set valid_to = '2026-01-01' where code = '48' returning unit_id`,
    ])
      expect((await silent.execute(db())).rows).toHaveLength(0);
    for (const forbidden of [
      sql`insert into source (key, kind, title, unit_id, state) values ('forged', 'REPORT', 'x', 1, 'PUBLISHED')`,
      sql`delete from source`,
      sql`delete from figure`,
      sql`update figure set value = 0`,
      sql`truncate source cascade`,
      sql`update audit_entry set actor = 'x'`,
      sql`delete from audit_entry`,
      sql`insert into figure (source_id, position, unit_id, period_from, period_to, measure, value, qualifiers, quote)
        select id, 99, unit_id, '2024-01-01', '2024-12-31', 'dossier.received', 1, '{}', 'forged' from source where state = 'PUBLISHED' limit 1`,
      sql`update source set title = 'x'`,
      sql`update access_key set expires_at = '2099-01-01'`,
      sql`insert into access_grant (access_key_id, unit_id, role) select id, 1, 'ADMIN' from access_key limit 1`,
      sql`update unit_version set parent_id = null`,
      sql`insert into unit (id, key) values (999999, '99.2026')`,
      sql`create temp table contribution (x int)`,
    ])
      await expect(forbidden.execute(db())).rejects.toMatchObject({ code: "42501" });
    expect(await stateOf(id)).toBe("DRAFT");
  });
});
