import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { typePolicies } from "../../schema/clients/apollo.ts";
import { readManifests } from "../../src/graphql/execution/document-manifest.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { NOW, UNBOUNDED } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { codeOf, post } from "../support/post.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const CLIENTS = join(PROJECT, "test/clients");
const hash = (text: string, algorithm = "sha256") => createHash(algorithm).update(text).digest("hex");
/** Tools find their plugins from where they run. */
const run = (name: string, ...args: string[]) => promisify(execFile)(join(CLIENTS, "node_modules/.bin", name), args, { cwd: CLIENTS });

const NAMED = "fragment Named on Unit { id asOf fullName }";
const FILES = {
  "named.graphql": NAMED,
  "one.graphql": 'query Alpha($code: ID!) { unit(code: $code, asOf: "2022-12-31") { ...Named dossiers(period: "2022") { received } } }',
  "two.graphql": 'query Beta { unit(code: "04", asOf: "2022-12-31") { ...Named } }',
};
/** Several operations in one file, which use what another has. */
const SEVERAL = `${FILES["one.graphql"]}\n${FILES["two.graphql"]}`;
const ALPHA = { unit: { fullName: "Huyện Hạ Lang", dossiers: { received: 32_521 } } };
const BETA = { unit: { fullName: "Tỉnh Cao Bằng" } };

let folder: string;
let database: TestDatabase;
const file = (name: string) => join(folder, name);
const json = async <T>(name: string) => JSON.parse(await readFile(file(name), "utf8")) as T;

beforeAll(async () => {
  database = await createDatabase("SEEDED");
  folder = await mkdtemp(join(tmpdir(), "cchc-manifest-"));
  await mkdir(file("single"));
  for (const [name, text] of Object.entries(FILES)) await writeFile(file(`single/${name}`), text);
  await writeFile(file("several.graphql"), SEVERAL);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const started = async (trustedDocuments: string): Promise<{ readonly server: RunningServer }> => {
  const options = { host: "127.0.0.1", port: 0, clock: () => NOW, ...UNBOUNDED, keptAnswers: 0, trustedDocuments };
  const server = await startServer(() => database.pools, options);
  onTestFinished(() => server.close());
  return { server };
};
const variables = { code: "048" };

describe("the manifest of", () => {
  const ALGORITHMS = ["sha256", "sha1"] as const;
  /** One run of codegen writes the manifests of all algorithms. */
  const generate = async (): Promise<void> => {
    const generates = ALGORITHMS.map((hashAlgorithm) => [
      file(`${hashAlgorithm}/`),
      { preset: "client", presetConfig: { persistedDocuments: { hashAlgorithm } }, config: { federation: true } },
    ]);
    const config = {
      schema: join(PROJECT, "schema/subgraph.graphql"),
      documents: [file("several.graphql"), file("single/named.graphql")],
      generates: Object.fromEntries(generates) as object,
    };
    await writeFile(file("codegen.json"), JSON.stringify(config));
    await run("graphql-codegen", "--config", file("codegen.json"), "--silent");
  };
  let generated: Promise<void> | undefined;

  it.each(ALGORITHMS)("codegen's client preset with %s is accepted", async (hashAlgorithm) => {
    await (generated ??= generate());
    const manifest = await json<Record<string, string>>(`${hashAlgorithm}/persisted-documents.json`);
    const idOf = (name: string) => Object.entries(manifest).find(([, text]) => text.includes(`query ${name}`))![0];
    if (hashAlgorithm === "sha256") expect(idOf("Alpha")).toMatch(/^sha256:/);
    const { server } = await started(file(`${hashAlgorithm}/persisted-documents.json`));
    for (const sent of [{ extensions: { persistedQuery: { version: 1, sha256Hash: idOf("Alpha") } } }, { documentId: idOf("Alpha") }])
      expect((await post(server.url, { ...sent, variables })).body.data).toMatchObject(ALPHA);
    expect((await post(server.url, { documentId: idOf("Beta") })).body.data).toMatchObject(BETA);
    expect((await post(server.url, { query: manifest[idOf("Beta")] })).body.data).toMatchObject(BETA);
    expect(codeOf(await post(server.url, { query: FILES["two.graphql"] }))).toBe("FORBIDDEN");
  });

  it("Apollo is accepted, and Apollo Client sends its hashes", async () => {
    await writeFile(file("apollo-config.json"), JSON.stringify({ documents: [file("single/*.graphql")], output: file("apollo.json") }));
    await run("generate-persisted-query-manifest", "--config", file("apollo-config.json"));
    expect(await json("apollo.json")).toMatchObject({ format: "apollo-persisted-query-manifest", version: 1 });
    const { server } = await started(file("apollo.json"));
    const sent: string[] = [];
    const { generateHash } = generatePersistedQueryIdsFromManifest({ loadManifest: () => json("apollo.json") });
    const link = new PersistedQueryLink({ generateHash });
    const http = new HttpLink({
      uri: server.url,
      fetch: (url, init) => {
        sent.push(init?.body as string);
        return fetch(url, init);
      },
    });
    const client = new ApolloClient({ cache: new InMemoryCache({ typePolicies }), link: link.concat(http) });
    const fragment = gql(NAMED);
    const ask = async (text: string) =>
      (
        await client.query({
          query: gql`
            ${gql(text)}
            ${fragment}
          `,
          variables,
        })
      ).data;
    expect(await ask(FILES["one.graphql"])).toMatchObject(ALPHA);
    expect(await ask(FILES["two.graphql"])).toMatchObject(BETA);
    expect(sent.map((body) => "query" in (JSON.parse(body) as object))).toEqual([false, false]);
    await expect(ask('query Gamma { unit(code: "48") { ...Named } }')).rejects.toThrow();
  });

  it.each(["md5", "sha1", "sha256"])(
    "the Relay compiler by %s is accepted, and Relay's fetch functions send its hashes",
    async (algorithm) => {
      // As relay-compiler 21.0.1 writes it into persistConfig.file, under its MD5.
      const written =
        'query aAlphaQuery(\n  $code: ID!\n) {\n  unit(code: $code, asOf: "2022-12-31") {\n    ...a_named\n    dossiers(period: "2022") {\n      received\n    }\n    id\n  }\n}\n\n' +
        "fragment a_named on Unit {\n  id\n  asOf\n  fullName\n}\n";
      expect(hash(written, "md5")).toBe("01c11fd0bffcd2379f30ba760f6c33bf");
      const other = `${FILES["two.graphql"]}\n\n${NAMED}\n`;
      await writeFile(file("relay.json"), JSON.stringify({ [hash(written, algorithm)]: written, [hash(other, algorithm)]: other }));
      const { server } = await started(file("relay.json"));
      for (const name of ["doc_id", "id", "documentId"])
        expect((await post(server.url, { [name]: hash(written, algorithm), query: null, variables })).body.data).toMatchObject(ALPHA);
      expect((await post(server.url, { doc_id: hash(other, algorithm) })).body.data).toMatchObject(BETA);
    },
  );

  it("several clients are combined", async () => {
    const own = { [hash("{ __typename }")]: "{ __typename }" };
    await writeFile(file("own.json"), JSON.stringify(own));
    await writeFile(file("other.json"), JSON.stringify({ [`sha256:${hash("{ a: __typename }")}`]: "{ a: __typename }" }));
    const { server } = await started(`${file("own.json")}, ${file("other.json")}`);
    for (const query of ["{ __typename }", "{ a: __typename }"])
      expect((await post(server.url, { documentId: hash(query) })).status).toBe(200);
  });

  it("npm run trusted-documents contains each operation separately, with the fragments of other files", async () => {
    const args = ["--import", "./src/typescript.js", "src/cli/trusted-documents.ts", "--out", file("trusted.json")];
    await promisify(execFile)(process.execPath, [...args, file("several.graphql"), file("single/named.graphql")], { cwd: PROJECT });
    const { server } = await started(file("trusted.json"));
    const client = new ApolloClient({ cache: new InMemoryCache({ typePolicies }), link: new HttpLink({ uri: server.url }) });
    const ask = async (text: string) =>
      (
        await client.query({
          query: gql`
            ${gql(text)}
            ${gql(NAMED)}
          `,
          variables,
        })
      ).data;
    expect(await ask(FILES["one.graphql"])).toMatchObject(ALPHA);
    expect(await ask(FILES["two.graphql"])).toMatchObject(BETA);
  });
});

describe("on SIGHUP", () => {
  it("manifests are read again, and the earlier ones stay in force if one is invalid", async () => {
    const [first, second] = ["{ __typename }", '{ unit(code: "04") { name } }'];
    const put = (...texts: string[]) =>
      writeFile(file("live.json"), JSON.stringify(Object.fromEntries(texts.map((text) => [hash(text), text]))));
    await put(first);
    const { DATABASE_OWNER_URL: _owners, ...inherited } = process.env;
    const env = { ...inherited, PORT: "0", DATABASE_URL: database.url, WARM_UP: "off", TRUSTED_DOCUMENTS: file("live.json") };
    const child = spawn(process.execPath, ["--import", "./src/typescript.js", "src/main.ts"], { cwd: PROJECT, env });
    const ended = once(child, "close");
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await ended;
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += String(bytes)));
    const says = (text: string) => expect.poll(() => output, { timeout: 60_000 }).toContain(text);
    await says("ready at");
    const url = /ready at (\S+)/.exec(output)![1]!;
    const statusOf = async (query: string) => (await post(url, { documentId: hash(query) })).status;
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 403]);
    await put(first, second);
    child.kill("SIGHUP");
    await says("TRUSTED_DOCUMENTS: 2 documents are trusted from now on");
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200]);
    await writeFile(file("live.json"), JSON.stringify({ [hash(first)]: second }));
    child.kill("SIGHUP");
    await says(`live.json has an entry under "${hash(first)}" whose hash does not match its document`);
    await says("the previous documents stay trusted");
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200]);
    await put(second);
    child.kill("SIGHUP");
    await says("TRUSTED_DOCUMENTS: 1 documents");
    expect([await statusOf(first), await statusOf(second)]).toEqual([403, 200]);
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

describe("an invalid manifest stops the start of the service:", () => {
  const entry = (id: unknown, text: unknown) => JSON.stringify({ [String(id)]: text });
  const apollo = (operations: unknown, more: object = {}) =>
    JSON.stringify({ format: "apollo-persisted-query-manifest", version: 1, operations, ...more });
  const text = "{ __typename }";
  it.each([
    ["a file that is missing", null, /is not readable \(ENOENT\)$/],
    ["no JSON", "{", /is not JSON; must be a file of `npm run trusted-documents`, of codegen's client preset/],
    ["a list", "[]", /is not an object; must be/],
    ["no documents", "{}", /has no documents; must be/],
    ["no operations", apollo([]), /has no documents; must be/],
    [
      "another document",
      entry(hash("{ a }"), text),
      /has an entry under "[0-9a-f]{64}" whose hash does not match its document; must be the SHA-256, SHA-1 or MD5/,
    ],
    ["a text with another end", entry(hash(text), `${text}\n`), /whose hash does not match its document/],
    ["an id of one's own", entry("Alpha", text), /has a document under "Alpha", which is not a hash; must be the SHA-256/],
    ["a number for an id", apollo([{ id: 5, body: text }]), /has a document under 5, which is not a hash/],
    ["another algorithm's prefix", entry(`md5:${hash(text)}`, text), /which is not a hash/],
    ["an unknown algorithm", entry(hash(text, "sha512"), text), /which is not a hash/],
    ["no text", entry(hash(text), { kind: "Document" }), /has an entry under "[0-9a-f]{64}" whose value is not a text/],
    ["no GraphQL", entry(hash("{"), "{"), /has a document under "[0-9a-f]{64}" that is not valid GraphQL: Syntax Error/],
    ["another format", JSON.stringify({ format: "relay", operations: [] }), /has the format "relay"; must be/],
    ["another version", apollo([], { version: 2 }), /has the version 2 of apollo-persisted-query-manifest; must be 1/],
    ["no list of operations", apollo({}), /has no list of operations/],
    ["an operation without a body", apollo([{ id: hash(text) }]), /has an entry under "[0-9a-f]{64}" whose value is not a text/],
    ["an entry that is not an operation", apollo([5]), /has an entry under 5 whose value is not a text/],
  ])("%s", async (_, content, message) => {
    const name = file("faulty.json");
    await rm(name, { force: true });
    if (content !== null) await writeFile(name, content);
    await expect(readManifests(name)).rejects.toThrow(message);
    await expect(readManifests(name)).rejects.toThrow(`TRUSTED_DOCUMENTS: ${name} `);
    await expect(startServer(() => null, { trustedDocuments: name })).rejects.toThrow(message);
  });
});
