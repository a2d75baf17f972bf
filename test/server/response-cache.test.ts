import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ResponseEntries } from "../../src/server/http/response-cache.ts";
import type { WholeResponse } from "../../src/server/http/response.ts";
import { NOW, startService, type TestService } from "../support/client.ts";
import { dossier, givenDossiers, IMPORT, type ImportAnswer } from "../support/dossiers.ts";
import { post } from "../support/post.ts";
import { statementsOf } from "../support/statements.ts";

describe("cached responses", () => {
  const responseOf = (text: string): WholeResponse => ({
    status: 200,
    headers: [["content-type", "application/json"]],
    body: Buffer.from(text),
  });

  /** Responses that are numbered as they are made; `version` may be set. */
  const create = (maximum = 1_000_000) => {
    const data = { version: "1" as string | null, made: 0, isSuccess: true };
    const entries = new ResponseEntries<string>({ maximum, version: async () => data.version });
    const ask = async (question: string, during?: () => void, size = 1) => {
      const { response } = await entries.respond(question, async () => {
        during?.();
        return { response: responseOf(String(++data.made).padStart(size)), detail: data.isSuccess ? "detail" : null };
      });
      return Number(response.body.toString());
    };
    const ended = () => new Promise((done) => setImmediate(done));
    return { data, ask, asks: async (question: string, size = 1) => [await ask(question, undefined, size), await ended()][0] as number };
  };

  it("are sent again from the third request on", async () => {
    const { asks } = create();
    expect([await asks("a"), await asks("a"), await asks("a"), await asks("b"), await asks("a")]).toEqual([1, 2, 2, 3, 2]);
  });

  it("are computed again after any change", async () => {
    const { asks, data } = create();
    for (let n = 0; n < 3; n++) await asks("a");
    data.version = "2";
    expect([await asks("a"), await asks("a")]).toEqual([3, 3]);
  });

  it("are not stored where something changed meanwhile, nor where the version is unknown", async () => {
    const { ask, asks, data } = create();
    await asks("a");
    await ask("a", () => (data.version = "2"));
    expect(await asks("a")).toBe(3);
    expect(await asks("a")).toBe(3);
    data.version = null;
    expect([await asks("a"), await asks("a")]).toEqual([4, 5]);
  });

  it("contain no errors", async () => {
    const { asks, data } = create();
    data.isSuccess = false;
    expect([await asks("a"), await asks("a"), await asks("a")]).toEqual([1, 2, 3]);
  });

  it("are evicted when they are many, the least recently used first; one that is too large is not stored", async () => {
    const { asks } = create(4000);
    for (const question of ["a", "b", "c"]) for (let n = 0; n < 2; n++) await asks(question, 690);
    expect([await asks("a"), await asks("b"), await asks("c")]).toEqual([2, 4, 6]);
    for (let n = 0; n < 2; n++) await asks("d", 690);
    await asks("e");
    await asks("f");
    expect([await asks("b"), await asks("c")]).toEqual([4, 6]);
    expect(await asks("a")).toBeGreaterThan(6);
    for (let n = 0; n < 2; n++) await asks("large", 1000);
    expect(await asks("large", 1000)).toBe((await asks("large", 1000)) - 1);
  });
});

describe("a service that caches responses", () => {
  const clock = { now: NOW };
  let service: TestService;
  let officer: string;

  beforeAll(async () => {
    service = await startService("SEEDED", { keptAnswers: 1_000_000, clock: () => clock.now });
    officer = await givenDossiers(service);
  });
  afterAll(() => service.close());

  const RECEIVED = '{ unit(code: "01558") { dossiers(period: "2026") { received } } }';
  const received = async () => {
    const { data } = await service.ask<{ unit: { dossiers: { received: number | null } } }, object>(RECEIVED);
    return data.unit.dossiers.received;
  };
  const send = (code: string) =>
    service.ask<ImportAnswer, object>(IMPORT, { source: "s", dossiers: [dossier({ code, unit: "01558" })] }, officer);
  /** Asks until a response is a cached one: other databases of the same server change the version of this one, too. */
  const isCached = (ask: () => Promise<unknown>) =>
    expect.poll(async () => (await statementsOf(ask)).length, { timeout: 20_000, interval: 1 }).toBe(1);

  it("sends a cached one with one statement", async () => {
    const before = await received();
    await isCached(received);
    expect(await received()).toBe(before);
  });

  it("never sends one that is older than an acknowledged change, however many requests come meanwhile", async () => {
    const writing = { isEnded: false };
    const readers = Array.from({ length: 2 }, async () => {
      const seen: number[] = [];
      while (!writing.isEnded) seen.push((await received()) ?? 0);
      return seen;
    });
    for (let n = 1; n <= 8; n++) {
      const { data } = await send(`n-${n}`);
      expect(data.importDossiers.report.created).toBe(1);
      for (let again = 0; again < 3; again++) expect(await received()).toBe(n);
    }
    writing.isEnded = true;
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it("shows changes of others once they are committed", async () => {
    const count = await received();
    await service.database.orm.em.fork().transactional(async (em) => {
      await em.execute(
        "update dossier_tree_count set received_direct = received_direct + 1 where target_id = (select unit_id from unit_version where code = '01558' and valid_to is null)",
      );
      for (let again = 0; again < 3; again++) expect(await received()).toBe(count);
    });
    expect(await received()).toBe(count! + 1);
  });

  it("caches nothing for requests with credentials, and no failures", async () => {
    await isCached(received);
    for (let n = 0; n < 3; n++) {
      const sent = await statementsOf(() => service.ask(RECEIVED, {}, officer));
      expect(sent.length).toBeGreaterThan(1);
    }
    for (let n = 0; n < 4; n++) {
      const { errors } = await service.ask("{ dossiers(filter: {}) { totalCount } }");
      expect(errors?.[0]?.extensions["code"]).toBe("UNAUTHENTICATED");
    }
  });

  it("distinguishes requests by their variables, their operation and their Accept header", async () => {
    const query = "query A($code: ID!) { unit(code: $code) { code } } query B($code: ID!) { unit(code: $code) { id } }";
    const ask = (operationName: string, code: string) => post(service.server.url, { query, operationName, variables: { code } });
    for (let n = 0; n < 4; n++) {
      expect((await ask("A", "04")).body.data).toEqual({ unit: { code: "04" } });
      expect((await ask("A", "48")).body.data).toEqual({ unit: { code: "48" } });
      expect((await ask("B", "48")).body.data).toMatchObject({ unit: { id: expect.any(String) } });
    }
    for (let n = 0; n < 4; n++)
      for (const type of ["application/json", "application/graphql-response+json"]) {
        const response = await fetch(service.server.url, {
          ...{ method: "POST", body: JSON.stringify({ query: "{ __typename }" }) },
          headers: { "content-type": "application/json", accept: type },
        });
        expect(response.headers.get("content-type")).toContain(type);
        expect(await response.json()).toMatchObject({ data: { __typename: "Query" } });
      }
  });

  it("expires at the end of the day", async () => {
    const query = '{ unit(code: "04") { asOf } }';
    const today = async () => (await service.ask<{ unit: { asOf: string } }, object>(query)).data.unit.asOf;
    await isCached(today);
    clock.now = new Date("2026-11-23T00:00:01+07:00");
    expect(await today()).toBe("2026-11-23");
    clock.now = NOW;
    expect(await today()).toBe("2026-11-22");
  });
});
