import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { print } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifests } from "../../../src/graphql/execution/document-manifest.ts";
import { TasksOfACityDocument } from "../../generated/operations.ts";
import { startService, type TestService } from "../../support/client.ts";
import { codeOf, messageOf, post, send } from "../../support/post.ts";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));
const SECRET = "of the router";
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("trusted documents", () => {
  let folder: string;
  let file: string;
  let service: TestService;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cchc-trusted-"));
    file = join(folder, "list.json");
    const args = ["--import", "./src/typescript.js", "src/cli/trusted-documents.ts", "--out", file];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PROJECT });
    expect(stdout).toContain(`${(await readdir(join(PROJECT, "schema/operations"))).length} operations`);
    service = await startService("SEEDED", { trustedDocuments: file, gatewaySecret: SECRET });
  });
  afterAll(async () => {
    await service?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (body: unknown, headers = {}) => post(service.server.url, body, headers);
  const total = { unit: { tasks: { total: 115 } } };
  const typed = print(TasksOfACityDocument);

  it("are answered as their file has them, as typed documents print them, and with the type names of a cache", async () => {
    const text = await readFile(join(PROJECT, "schema/operations/01-tasks-of-a-city.graphql"), "utf8");
    for (const query of [text, text.trim(), typed]) expect((await ask({ query })).body.data).toMatchObject(total);
    const cached = [...(await readManifests(file)).values()].find((one) => one.includes("__typename") && one.includes("TasksOfACity"))!;
    const answer = await ask({ query: cached });
    expect(answer.body.data).toMatchObject({ unit: { __typename: "Unit", tasks: { __typename: "TaskRollup" } } });
    expect(answer.body.data).not.toHaveProperty("__typename");
  });

  it("are answered by their hash alone, however it is sent", async () => {
    const hash = hashOf(typed);
    expect((await ask({ documentId: `sha256:${hash}` })).body.data).toMatchObject(total);
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash } };
    expect((await ask({ extensions })).body.data).toMatchObject(total);
    for (const name of ["documentId", "id", "doc_id"])
      for (const id of [hash, hash.toUpperCase(), `sha256:${hash}`, `SHA256:${hash}`])
        expect((await ask({ [name]: id, query: name === "id" ? null : undefined })).body.data, name).toMatchObject(total);
    const search = new URLSearchParams({ extensions: JSON.stringify(extensions) });
    const answer = await send(`${service.server.url}?${search.toString()}`, { headers: { "apollo-require-preflight": "1" } });
    expect(answer.body.data).toMatchObject(total);
  });

  it("are the only ones", async () => {
    const query = "{ __typename }";
    const hash = hashOf(query);
    const bodies = [
      { query },
      { query: `${typed} ` },
      { documentId: `sha256:${hash}` },
      { documentId: "constructor" },
      { documentId: `sha1:${hashOf(typed)}` },
      { documentId: { toString: "x" } },
      { id: hash, documentId: hashOf(typed).slice(1) },
      { doc_id: 5 },
      { query: "", id: hash },
      { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
      { query, extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(typed) } } },
      { query, documentId: hashOf(typed) },
      { query: { kind: "Document" } },
      {},
    ];
    for (const body of bodies) {
      const answer = await ask(body);
      expect([answer.status, codeOf(answer)]).toEqual([403, "FORBIDDEN"]);
      expect(messageOf(answer)).toMatch(/^Only trusted documents are answered, /);
    }
    const twice = `${service.server.url}?query=${encodeURIComponent(typed)}&query=${encodeURIComponent(query)}`;
    expect((await send(twice, { headers: { "apollo-require-preflight": "1" } })).status).toBe(403);
  });

  it("bind all but the router", async () => {
    const query = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Unit { name } } }";
    const body = { query, variables: { r: [{ __typename: "Unit", id: "48.2015" }] } };
    expect((await ask(body)).status).toBe(403);
    expect((await ask(body, { "x-gateway-secret": "guessed" })).status).toBe(403);
    expect((await ask(body, { "x-gateway-secret": SECRET })).body.data).toEqual({ _entities: [{ name: "Đà Nẵng" }] });
  });
});

describe("automatic persisted queries", () => {
  const query = "query Persisted { __typename }";
  const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(query) } };

  it("are cached after they were sent with their text", async () => {
    const service = await startService("EMPTY");
    const ask = (body: unknown) => post(service.server.url, body);
    expect(codeOf(await ask({ extensions }))).toBe("PERSISTED_QUERY_NOT_FOUND");
    expect((await ask({ query, extensions })).status).toBe(200);
    expect((await ask({ extensions })).body.data).toEqual({ __typename: "Query" });
    expect((await ask({ query: "{ indicators { code } }", extensions })).status).toBe(400);
    await service.close();
  });

  it("make room for each other, and are off at 0", async () => {
    const service = await startService("EMPTY", { persistedQueries: 1000 });
    const ask = (body: unknown) => post(service.server.url, body);
    await ask({ query, extensions });
    for (let i = 0; i < 5; i++) {
      const other = `query Other${i} { __typename ${"#".repeat(100)}\n }`;
      await ask({ query: other, extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(other) } } });
    }
    expect(codeOf(await ask({ extensions }))).toBe("PERSISTED_QUERY_NOT_FOUND");
    await service.close();
    const off = await startService("EMPTY", { persistedQueries: 0 });
    expect(codeOf(await post(off.server.url, { query, extensions }))).toBe("PERSISTED_QUERY_NOT_SUPPORTED");
    await off.close();
  });
});
