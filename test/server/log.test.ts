import { describe, expect, it, onTestFinished } from "vitest";
import { readEnv } from "../../src/server/env.ts";
import { createLog } from "../../src/server/running/log.ts";
import { startServer } from "../../src/server/server.ts";
import { issueKey } from "../support/key.ts";
import { startService, type TestService } from "../support/client.ts";
import { admin } from "../support/database.ts";

type Line = Record<string, unknown>;

const gather = (variables: NodeJS.ProcessEnv = { LOG_FORMAT: "json" }) => {
  let text = "";
  const log = createLog(readEnv(variables), { write: (line) => void (text += line) });
  return {
    log,
    text: () => text,
    lines: (): Line[] =>
      text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Line),
  };
};

/** The line is written when the connection has accepted the answer, which the client may receive earlier. */
const waitForLine = async (text: () => string, part: string): Promise<void> => {
  for (let tries = 0; !text().includes(part); tries++) {
    if (tries > 500) throw new Error(`"${part}" was not logged:\n${text()}`);
    await new Promise((done) => setTimeout(done, 10));
  }
};

const send = (service: TestService, query: string, headers: Record<string, string> = {}) =>
  fetch(`${service.server.url}?secret=in-the-address`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables: { code: "SECRET-04" } }),
  });

describe("the lines of the log", () => {
  it("are JSON in production and on request, otherwise text, from the configured level on", () => {
    for (const variables of [{ NODE_ENV: "production" }, { LOG_FORMAT: "json" }]) {
      const { log, lines } = gather(variables);
      log.debug("unseen");
      log.info("seen");
      expect(lines()).toMatchObject([{ level: "info", msg: "seen" }]);
    }
    const { log, text } = gather({ LOG_LEVEL: "debug" });
    log.debug("seen");
    log.error({ err: new Error("broken") }, "failure");
    expect(text()).toMatch(/^cchc-graph: seen\ncchc-graph: failure\nError: broken\n {4}at /);
  });

  it("contain an error and its causes, but not the rows and parameters that the driver adds", () => {
    const { log, lines } = gather();
    const cause = Object.assign(new Error("duplicate key"), { code: "23505", detail: "Key (name)=(Nguyễn Văn A)", parameters: ["A"] });
    log.error({ err: new Error("not stored", { cause }) }, "failure");
    expect(lines()[0]!["err"]).toMatchObject({ type: "Error", message: "not stored", cause: { message: "duplicate key", code: "23505" } });
    expect(JSON.stringify(lines())).not.toMatch(/Nguyễn|parameters/);
  });
});

describe("a request", () => {
  it("causes one line with an id and without its content", async () => {
    const { log, lines, text } = gather();
    const service = await startService("SEEDED", { log });
    onTestFinished(() => service.close());
    const key = await issueKey(service.database, "Sở Nội vụ", { "48": "VIEWER" });
    const secrets = { authorization: `Bearer ${key}`, "x-request-id": "trip-7.a_b" };
    const named = await send(service, "query Named($code: ID!) { unit(code: $code) { name } }", secrets);
    expect(named.headers.get("x-request-id")).toBe("trip-7.a_b");
    await named.text();
    await waitForLine(text, "Named");
    for (const id of ["not one", "x".repeat(65), "a;b"]) {
      const fresh = (await send(service, "{ broken", { "x-request-id": id })).headers.get("x-request-id")!;
      expect(fresh).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
      await waitForLine(text, fresh);
    }
    expect((await fetch(new URL("/livez", service.server.url))).headers.get("x-request-id")).toBeTruthy();
    const [first, ...others] = lines();
    expect(first).toMatchObject({
      ...{ level: "info", requestId: "trip-7.a_b", method: "POST", path: "/graphql", status: 200, operation: "Named" },
      ms: expect.any(Number) as number,
    });
    expect(others.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(first!["actor"]).toMatch(/^key:/);
    expect(text()).not.toMatch(/secret|bearer|broken/i);
    expect(text()).not.toContain(key);
  });

  it("that fails in the service returns its id to the client and logs its cause", async () => {
    const { log, lines, text } = gather();
    const service = await startService("EMPTY", { log });
    onTestFinished(() => service.close());
    await admin(service.database.url, "alter table hierarchy_version rename to lost");
    const answer = await send(service, "query Fails($code: ID!) { unit(code: $code) { name } }", { "x-request-id": "trip-8" });
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: "INTERNAL_SERVER_ERROR", requestId: "trip-8" } }] });
    await waitForLine(text, '"operation":"Fails"');
    const failure = lines().find(({ level }) => level === "error");
    expect(failure).toMatchObject({ requestId: "trip-8", err: { message: expect.stringContaining("hierarchy_version") as string } });
    expect(lines().at(-1)).toMatchObject({ codes: ["INTERNAL_SERVER_ERROR"] });
  });

  it("hides an error before its operation from its client", async () => {
    const { log, lines } = gather();
    const fail = () => {
      throw new Error("password of the database");
    };
    const server = await startServer(fail, { port: 0, log });
    onTestFinished(() => server.close());
    const headers = { "content-type": "application/json", "x-request-id": "trip-9" };
    const answer = await fetch(server.url, { method: "POST", headers, body: '{"query":"{ __typename }"}' });
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { errors: [{ message: "Internal server error", extensions: { code: "INTERNAL_SERVER_ERROR" } }] },
    ]);
    expect(lines()[0]).toMatchObject({ level: "error", requestId: "trip-9", err: { message: "password of the database" } });
  });
});
