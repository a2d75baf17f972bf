import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { envText, envWarnings, readEnv, SETTINGS } from "../../src/server/env.ts";
import { variableOf } from "../../src/lib/text.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

describe("settings", () => {
  it("has a default for each", () => {
    expect(readEnv({})).toMatchObject({ port: 4000, host: "127.0.0.1", databaseUrl: null, dataDir: ".data", production: false });
    expect(readEnv({})).toMatchObject({ rateAddress: 1200, metricsPort: null, graceMs: 10_000, warmUp: true, trustedProxies: null });
    expect(readEnv({ PORT: "", HOST: " ", DATABASE_URL: "", DATA_DIR: "" })).toEqual(readEnv({}));
  });

  it("have a row in docs/operations.md each, with default and meaning, and nowhere else", async () => {
    const read = async (name: string) => (await readFile(new URL(`../../${name}`, import.meta.url), "utf8")).replaceAll(/ {2,}/g, " ");
    const page = await read("docs/operations.md");
    const others = await Promise.all(["README.md", "README.vi.md", "docs/api.md", "docs/integration.md", "docs/citus.md"].map(read));
    for (const [property, { fallback, meaning }] of Object.entries(SETTINGS)) {
      expect(page).toContain(`| \`${variableOf(property)}\` | ${fallback === "" ? "none" : `\`${fallback}\``} | ${meaning} |`);
      for (const other of others) expect(other).not.toContain(`| \`${variableOf(property)}\` |`);
    }
  });

  it("are read from variables", () => {
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
      expect(() => readEnv({ DATABASE_URL: url })).toThrow(/^DATABASE_URL: must be /);
    },
  );

  it("accept an owner's login beside the service's, and hide both in the log", () => {
    const [databaseUrl, databaseOwnerUrl] = ["postgresql://anna:secret@localhost/cchc", "postgresql://olga:hidden@localhost/cchc"];
    const env = readEnv({ DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: databaseOwnerUrl });
    expect(env).toMatchObject({ databaseUrl, databaseOwnerUrl });
    expect(envText(env)).toMatch(/localhost\/cchc DATABASE_OWNER_URL=\*{3}$/);
    expect(envText(env)).not.toMatch(/secret|hidden|anna|olga/);
  });

  it("names DATABASE_OWNER_URL where it is no URL, or the service has no login beside it", () => {
    expect(() => readEnv({ DATABASE_OWNER_URL: "mysql://localhost/cchc" })).toThrow(/^DATABASE_OWNER_URL: must be postgresql:/);
    expect(() => readEnv({ DATABASE_OWNER_URL: "postgresql://localhost/cchc" })).toThrow(/^DATABASE_OWNER_URL: .* DATABASE_URL/);
  });

  it("never repeat the content of a refused DATABASE_URL", () => {
    expect(() => readEnv({ DATABASE_URL: "mysql://anna:secret@localhost/cchc" })).not.toThrow(/secret/);
  });

  it.each([
    "postgresql://anna:secret@localhost/cchc",
    "postgresql://anna:sec@secret@localhost/cchc",
    "postgresql://anna:sec/secret?a#b@localhost/cchc",
    "postgresql://localhost/cchc?user=anna&password=secret",
  ])("hide the password of %s in the log", (databaseUrl) => {
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

  it.each([
    ["*", "*"],
    ["https://app.example.vn", "https://app.example.vn"],
    ["https://app.example.vn, http://localhost:5173", "https://app.example.vn,http://localhost:5173"],
  ])("takes %s for origins of pages", (text, origins) => {
    expect(readEnv({ CORS_ORIGINS: text }).corsOrigins).toBe(origins);
  });

  it.each([
    [
      "https://app.example.vn/",
      'CORS_ORIGINS: "https://app.example.vn/" is not an origin; its origin is https://app.example.vn; must be origins such as',
    ],
    ["https://a.vn,https://HaNoi.vn:443", '"https://HaNoi.vn:443" is not an origin; its origin is https://hanoi.vn;'],
    ["https://đànẵng.vn", '"https://đànẵng.vn" is not an origin; its origin is https://xn--'],
    ["app.example.vn", '"app.example.vn" is not an origin; must be origins'],
    ["https://*.example.vn", '"https://*.example.vn" is not an origin; must be origins'],
    ["*,https://app.example.vn", '"*" is not an origin; must be origins'],
    ["https://a.vn,,https://b.vn", '"" is not an origin; must be origins'],
    ["null", '"null" is not an origin; must be origins'],
    ["file:///home/page.html", '"file:///home/page.html" is not an origin; must be origins'],
  ])("names CORS_ORIGINS where it is %s", (text, message) => {
    expect(() => readEnv({ CORS_ORIGINS: text })).toThrow(message);
  });

  it("show differences from the defaults, but no secret", () => {
    const text = envText(readEnv({ GATEWAY_SECRET: "hush-hush-hush-hush", GRACE_MS: "5", WARM_UP: "off", NODE_ENV: "production" }));
    expect(text).toMatch(/GATEWAY_SECRET=\*{3} GRACE_MS=5 WARM_UP=off$/);
  });

  it("show the folder of the embedded database", () => {
    expect(envText(readEnv({}))).toBe("PORT=4000 HOST=127.0.0.1 database: embedded in .data");
  });
});

describe("variables that are no settings", () => {
  it.each([
    ["MAX_DETPH", "MAX_DEPTH"],
    ["MAXDEPTH", "MAX_DEPTH"],
    ["MAX_DEPTHS", "MAX_DEPTH"],
    ["max_depth", "MAX_DEPTH"],
    ["MAX-DEPTH", "MAX_DEPTH"],
    ["CCHC_MAX_DEPTH", "MAX_DEPTH"],
    ["RATE_ADRESS", "RATE_ADDRESS"],
    ["CORS_ORIGIN", "CORS_ORIGINS"],
    ["DATABASE_URI", "DATABASE_URL"],
    ["METRIC_PORT", "METRICS_PORT"],
  ])("end the start where they misspell one, as %s", (name, meant) => {
    expect(() => readEnv({ [name]: "3" })).toThrow(
      `${name} is not a setting; did you mean ${meant}? Unset it if it belongs to another program`,
    );
    expect(readEnv({ [name]: " " })).toEqual(readEnv({}));
  });

  it("are all named in one error", () => {
    expect(() => readEnv({ MAX_DETPH: "3", POOL_SZIE: "5", MAX_COST: "x" })).toThrow(/MAX_DETPH.*\n.*POOL_SIZE/);
  });

  it.each([
    ["RATE_LIMIT", /^RATE_LIMIT is not a setting and is ignored; settings with this prefix are RATE_ADDRESS, RATE_KEY, RATE_STORE$/],
    ["MAX_COMPLEXITY", /; settings with this prefix are MAX_CONNECTIONS, MAX_TOKENS, /],
    ["PROT", /did you mean PORT\?/],
    ["host", /did you mean HOST\?/],
    ["CCHC_SECRET", /docs\/operations\.md lists the settings/],
  ])("are named in the log where they only look like one, as %s", (name, message) => {
    expect(readEnv({ [name]: "3" })).toEqual(readEnv({}));
    expect(envWarnings({ [name]: "3" })).toEqual([expect.stringMatching(message)]);
  });

  it("are ignored if a shell, npm, Node, a container or another program sets them", () => {
    const words =
      "HOME PATH PWD OLDPWD SHELL SHLVL USER LOGNAME TERM LANG LANGUAGE LC_ALL LC_CTYPE HOSTNAME HOSTTYPE OSTYPE MACHTYPE MAIL EDITOR PAGER DISPLAY TZ TMPDIR TEMP _ PS1 LS_COLORS " +
      "COLUMNS LINES SSH_AUTH_SOCK SSH_CONNECTION XDG_RUNTIME_DIR XDG_DATA_DIRS DBUS_SESSION_BUS_ADDRESS SUDO_USER INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET LISTEN_FDS " +
      "NODE_ENV NODE_OPTIONS NODE_PATH NODE_VERSION NODE_EXTRA_CA_CERTS NODE_COMPILE_CACHE YARN_VERSION INIT_CWD NODE npm_execpath npm_config_cache npm_package_name npm_lifecycle_event COLOR FORCE_COLOR " +
      "NO_COLOR DEBUG CI GITHUB_ACTIONS GITHUB_TOKEN RUNNER_TEMP http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY container DOCKER_HOST COMPOSE_PROJECT_NAME " +
      "POD_NAME POD_IP POD_NAMESPACE NODE_NAME HOST_IP HOST_PORT POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_HOST POSTGRES_PORT PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSSLMODE " +
      "OTEL_EXPORTER_OTLP_ENDPOINT OTEL_TRACES_EXPORTER OTEL_SERVICE_NAME REDIS_URL REDIS_HOST DB_HOST DB_PORT APP_PORT APP_ENV SECRET_KEY AWS_REGION DYNO WEB_CONCURRENCY " +
      "DATABASE_NAME DATABASE_USER DATABASE_PASSWORD DATA_PATH LOG_FILE LOG_DIR SERVICE_PASSWORD ADMIN_PASSWORD TRUST_PROXY UV_THREADPOOL_SIZE MEMORY_LIMIT VITEST VITEST_POOL_ID";
    const links = {
      ...{
        KUBERNETES_SERVICE_HOST: "10.0.0.1",
        KUBERNETES_SERVICE_PORT: "443",
        KUBERNETES_SERVICE_PORT_HTTPS: "443",
        KUBERNETES_PORT: "tcp://10.0.0.1:443",
      },
      ...{
        KUBERNETES_PORT_443_TCP: "tcp://10.0.0.1:443",
        KUBERNETES_PORT_443_TCP_PROTO: "tcp",
        KUBERNETES_PORT_443_TCP_PORT: "443",
        KUBERNETES_PORT_443_TCP_ADDR: "10.0.0.1",
      },
      ...{
        METRIC_PORT: "tcp://10.0.0.2:9464",
        METRICS_SERVICE_HOST: "10.0.0.2",
        METRICS_SERVICE_PORT: "9464",
        METRICS_SERVICE_PORT_HTTP: "9464",
        METRICS_PORT_9464_TCP: "tcp://10.0.0.2:9464",
      },
      ...{ RATE_PORT: "tcp://10.0.0.3:80", POOL_PORT_80_TCP_ADDR: "10.0.0.3", REDIS_PORT: "tcp://10.0.0.4:6379" },
    };
    const environments: NodeJS.ProcessEnv[] = [Object.fromEntries(words.split(" ").map((name) => [name, "x"])), links, process.env];
    for (const env of environments) {
      expect(readEnv(env)).toEqual({ ...readEnv({}), production: env["NODE_ENV"] === "production" });
      expect(envWarnings(env)).toEqual([]);
    }
  });

  it("leave alone a port that Kubernetes has set to the address of a service", () => {
    const link = { METRICS_PORT: "tcp://10.0.0.2:9464" };
    expect(readEnv(link)).toEqual(readEnv({}));
    expect(envWarnings(link)).toEqual([expect.stringMatching(/^METRICS_PORT is tcp:.* is ignored \(enableServiceLinks: false\)$/)]);
  });

  it("are reported at the start of the service", async () => {
    const start = async (variables: NodeJS.ProcessEnv, said: string) => {
      const { DATABASE_OWNER_URL: _owners, ...env } = process.env;
      const own = { PORT: "0", DATABASE_URL: "postgresql://nobody@127.0.0.1:1/nothing", ...variables };
      const child = spawn(process.execPath, ["--import", "./src/typescript.js", "src/main.ts"], { cwd: PROJECT, env: { ...env, ...own } });
      const ended = once(child, "close");
      let told = "";
      for await (const chunk of child.stderr) if ((told += String(chunk)).includes(said)) break;
      if (child.exitCode === null) child.kill("SIGTERM");
      await ended;
      return told;
    };
    const misspelt = "MAX_DETPH is not a setting; did you mean MAX_DEPTH?";
    expect(await start({ MAX_DETPH: "3" }, misspelt)).toMatch(/^cchc-graph: MAX_DETPH is not a setting/);
    expect(await start({ RATE_LIMIT: "3" }, "RATE_LIMIT")).toContain("RATE_LIMIT is not a setting and is ignored");
  });
});
