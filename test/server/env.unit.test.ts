import { describe, expect, it } from "vitest";
import { readFile } from "node:fs/promises";
import { envText, readEnv, SETTINGS, variableOf } from "../../src/server/env.ts";

describe("settings", () => {
  it("has a default for each", () => {
    expect(readEnv({})).toMatchObject({ port: 4000, host: "127.0.0.1", databaseUrl: null, dataDir: ".data", production: false });
    expect(readEnv({})).toMatchObject({ rateAddress: 1200, metricsPort: null, graceMs: 10_000, warmUp: true, trustedProxies: null });
    expect(readEnv({ PORT: "", HOST: " ", DATABASE_URL: "", DATA_DIR: "" })).toEqual(readEnv({}));
  });

  it("is told by the README, each with its default and what it does", async () => {
    const readme = (await readFile(new URL("../../README.md", import.meta.url), "utf8")).replaceAll(/ {2,}/g, " ");
    for (const [property, { fallback, meaning }] of Object.entries(SETTINGS))
      expect(readme).toContain(`| \`${variableOf(property)}\` | ${fallback === "" ? "none" : `\`${fallback}\``} | ${meaning} |`);
  });

  it("takes what is given", () => {
    const databaseUrl = "postgresql://anna:secret@db.example:5433/cchc";
    expect(readEnv({ PORT: "0", HOST: "::1", DATABASE_URL: databaseUrl, DATA_DIR: "/data" })).toEqual({
      ...readEnv({}),
      ...{ port: 0, host: "::1", databaseUrl, dataDir: "/data" },
    });
    expect(readEnv({ DATABASE_URL: "postgres:///cchc?host=/run/postgresql" }).databaseUrl).toBe("postgres:///cchc?host=/run/postgresql");
  });

  it.each(["x", "-1", "65536", "80.5", "0x50", "4000 4001"])("names PORT where it is %s", (port) => {
    expect(() => readEnv({ PORT: port })).toThrow(`PORT: "${port}" is not a port`);
  });

  it.each(["cchc", "mysql://localhost/cchc", "postgresql://localhost", "postgresql://localhost/", "postgresql://localhost/?a=/b"])(
    "names DATABASE_URL where it is %s",
    (url) => {
      expect(() => readEnv({ DATABASE_URL: url })).toThrow(/^DATABASE_URL: accepted is /);
    },
  );

  it("takes an owner's login beside the service's, and keeps both out of the log", () => {
    const [databaseUrl, databaseOwnerUrl] = ["postgresql://anna:secret@localhost/cchc", "postgresql://olga:hidden@localhost/cchc"];
    const env = readEnv({ DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: databaseOwnerUrl });
    expect(env).toMatchObject({ databaseUrl, databaseOwnerUrl });
    expect(envText(env)).toMatch(/localhost\/cchc DATABASE_OWNER_URL=\*{3}$/);
    expect(envText(env)).not.toMatch(/secret|hidden|anna|olga/);
  });

  it("names DATABASE_OWNER_URL where it is no URL, or the service has no login beside it", () => {
    expect(() => readEnv({ DATABASE_OWNER_URL: "mysql://localhost/cchc" })).toThrow(/^DATABASE_OWNER_URL: accepted is postgresql:/);
    expect(() => readEnv({ DATABASE_OWNER_URL: "postgresql://localhost/cchc" })).toThrow(/^DATABASE_OWNER_URL: .* DATABASE_URL/);
  });

  it("never repeats what a refused DATABASE_URL holds", () => {
    expect(() => readEnv({ DATABASE_URL: "mysql://anna:secret@localhost/cchc" })).not.toThrow(/secret/);
  });

  it.each([
    "postgresql://anna:secret@localhost/cchc",
    "postgresql://anna:sec@secret@localhost/cchc",
    "postgresql://anna:sec/secret?a#b@localhost/cchc",
    "postgresql://localhost/cchc?user=anna&password=secret",
  ])("keeps the password of %s out of the log", (databaseUrl) => {
    const text = envText(readEnv({ DATABASE_URL: databaseUrl }));
    expect(text).not.toMatch(/sec|anna/);
    expect(text).toMatch(/localhost\/cchc$/);
  });

  it.each(["10.0.0.7", "10.0.0.0/8, ::1", "fd00::/8"])("takes %s for proxies", (text) => {
    expect(readEnv({ TRUSTED_PROXIES: text }).trustedProxies).toBe(text);
  });

  it.each(["true", "10.0.0.0/33", "proxy.example", "10.0.0.7,,::1", "::/129"])("names TRUSTED_PROXIES where it is %s", (text) => {
    expect(() => readEnv({ TRUSTED_PROXIES: text })).toThrow(/^TRUSTED_PROXIES: ".*" is not an address/);
  });

  it("shows what differs from the defaults, but no secret", () => {
    const text = envText(readEnv({ GATEWAY_SECRET: "hush-hush-hush-hush", GRACE_MS: "5", WARM_UP: "off", NODE_ENV: "production" }));
    expect(text).toMatch(/GATEWAY_SECRET=\*{3} GRACE_MS=5 WARM_UP=off$/);
  });

  it("says where the embedded database is", () => {
    expect(envText(readEnv({}))).toBe("PORT=4000 HOST=127.0.0.1 database: embedded in .data");
  });
});
