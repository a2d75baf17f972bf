import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { SERVICE_ROLE } from "../src/database/service-role.ts";
import { readEnv, SETTINGS } from "../src/server/env.ts";
import { variableOf } from "../src/lib/text.ts";

const PROJECT = new URL("../", import.meta.url);
const read = (name: string) => readFile(new URL(name, PROJECT), "utf8");
/** One instruction a line. */
const instructions = async (): Promise<string[]> =>
  (await read("Dockerfile"))
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

const argumentsOf = (lines: readonly string[], name: string): string[] =>
  lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

describe("the image", () => {
  it("contains the files that are not ignored", async () => {
    const kept = (await read(".dockerignore"))
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    const sources = argumentsOf(await instructions(), "COPY")
      .filter((line) => !line.startsWith("--from"))
      .flatMap((line) => line.split(" ").slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(existsSync(new URL(source, PROJECT)), source).toBe(true);
      expect(kept).toContain(source.split("/")[0]);
    }
  });

  it("takes away no package that the service imports", async () => {
    const removed = [...(await read("Dockerfile")).matchAll(/node_modules\/([\w@*-]+)/g)].map(([, name]) => name!);
    expect(removed).toContain("vite");
    const files = (await readdir(new URL("src/", PROJECT), { recursive: true })).filter(
      (name) => name.endsWith(".ts") && !name.startsWith("apps/"),
    );
    const imported = await Promise.all(
      files.map(async (name) =>
        [...(await read(`src/${name}`)).matchAll(/(?:from|import\() ?"((?:@[^/"]+\/)?[^/".]+)/g)].map(([, found]) => found!),
      ),
    );
    expect(imported.flat()).toContain("fastify");
    expect(imported.flat().filter((name) => removed.includes(name) || removed.includes(name.split("/")[0]!))).toEqual([]);
  });

  it("runs as an unprivileged user with valid settings, and stops on SIGTERM", async () => {
    const lines = await instructions();
    expect(argumentsOf(lines, "USER")).toEqual(["node"]);
    const given = Object.fromEntries(
      argumentsOf(lines, "ENV").flatMap((line) => line.split(" ").map((pair) => pair.split("=") as [string, string])),
    );
    expect(readEnv(given)).toMatchObject({ production: true, host: "0.0.0.0", port: 4000, metricsPort: 9464, dataDir: "/data" });
    expect([...Object.keys(SETTINGS).map(variableOf), "NODE_ENV"]).toEqual(expect.arrayContaining(Object.keys(given)));
    const command = JSON.parse(argumentsOf(lines, "CMD").at(-1)!) as string[];
    // Through a shell or npm the signal would end in them.
    expect(command[0]).toBe("node");
    const { scripts } = JSON.parse(await read("package.json")) as { scripts: { start: string } };
    expect(`exec ${command.join(" ")}`).toBe(scripts.start);
  });
});

interface Compose {
  readonly services: Record<
    string,
    { environment: NodeJS.ProcessEnv; stop_grace_period?: string; depends_on?: unknown; healthcheck: unknown }
  >;
}

describe("compose.yaml", () => {
  it("gives the service its own login and password beside the owner's, and requires both", async () => {
    const text = await read("compose.yaml");
    const { database, service } = (parse(text) as Compose).services;
    const passwordOf = (value: string | undefined) => /\$\{(\w+)/.exec(value!)![1]!;
    const own = passwordOf(service!.environment["DATABASE_URL"]);
    const owners = passwordOf(service!.environment["DATABASE_OWNER_URL"]);
    expect(owners).toBe(passwordOf(database!.environment["POSTGRES_PASSWORD"]));
    expect(own).not.toBe(owners);
    for (const name of [own, owners]) expect(text).toContain(`\${${name}:?`);
  });

  it("starts the service after its database, with settings that hold, and lets it stop in time", async () => {
    const { database, service } = (parse(await read("compose.yaml")) as Compose).services;
    const given = (name: string) => service!.environment[name]!.replaceAll(/\$\{\w+(?::\?[^}]*)?\}/g, "a-password");
    const [url, ownerUrl] = [given("DATABASE_URL"), given("DATABASE_OWNER_URL")];
    const settings = { ...service!.environment, DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl };
    expect(readEnv(settings)).toMatchObject({ databaseUrl: url, databaseOwnerUrl: ownerUrl });
    for (const one of [url, ownerUrl])
      expect(new URL(one)).toMatchObject({
        hostname: "database",
        pathname: `/${database!.environment["POSTGRES_DB"]}`,
        password: "a-password",
      });
    expect(new URL(url).username).toBe(SERVICE_ROLE);
    expect(new URL(ownerUrl).username).toBe(database!.environment["POSTGRES_USER"]);
    expect(service!.depends_on).toEqual({ database: { condition: "service_healthy" } });
    expect(database!.healthcheck).toBeTruthy();
    expect(Number.parseInt(service!.stop_grace_period!, 10) * 1000).toBeGreaterThan(readEnv({}).graceMs);
  });
});
