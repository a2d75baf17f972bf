import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { FOLDERS, installPackages } from "./install.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, Manifest & { readonly version?: string }>>;
}

const read = async <T>(path: string): Promise<T> => JSON.parse(await readFile(join(PROJECT, path), "utf8")) as T;

/** A folder whose package depends on one beside it, so that npm needs no registry. */
const makeFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), "cchc-packages-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const write = async (path: string, value: object) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), JSON.stringify(value));
  };
  const lock = (name: string) => {
    const root = { name, dependencies: { near: "file:near" } };
    return {
      name,
      lockfileVersion: 3,
      packages: { "": root, near: { version: "1.0.0" }, "node_modules/near": { resolved: "near", link: true } },
    };
  };
  await write("package.json", { name: "first", private: true, dependencies: { near: "file:near" } });
  await write("near/package.json", { name: "near", version: "1.0.0" });
  await write("package-lock.json", lock("first"));
  return { folder, changeLock: () => write("package-lock.json", lock("second")) };
};

describe("packages of a folder", () => {
  it("are installed once, and again only after the lock has changed or they are gone", async () => {
    const { folder, changeLock } = await makeFolder();
    expect(await installPackages(folder)).toBe(true);
    expect(JSON.parse(await readFile(join(folder, "node_modules/near/package.json"), "utf8"))).toMatchObject({ name: "near" });
    expect(await installPackages(folder)).toBe(false);
    await changeLock();
    expect(await installPackages(folder)).toBe(true);
    expect(await installPackages(folder)).toBe(false);
    await rm(join(folder, "node_modules"), { recursive: true });
    expect(await installPackages(folder)).toBe(true);
  });

  it("count as not installed where npm fails", async () => {
    const { folder } = await makeFolder();
    await writeFile(join(folder, "package.json"), JSON.stringify({ dependencies: { other: "file:other" } }));
    await expect(installPackages(folder)).rejects.toThrow(/npm ci in .* failed with exit code 1/);
    await expect(installPackages(folder)).rejects.toThrow(/npm ci in .* failed with exit code 1/);
  });

  it.each(FOLDERS)("of %s are pinned exactly, locked as pinned, and not the root's", async (folder) => {
    const { dependencies = {} } = await read<Manifest>(`${folder}/package.json`);
    const { packages } = await read<Lock>(`${folder}/package-lock.json`);
    const root = await read<Manifest>("package.json");
    expect(Object.keys(dependencies).length).toBeGreaterThan(0);
    for (const [name, version] of Object.entries(dependencies)) {
      expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
      expect({ ...root.dependencies, ...root.devDependencies }, name).not.toHaveProperty([name]);
    }
  });

  it.each(["test/suites", "test/clients"])(
    "of %s use the root's graphql, because two copies in one process have separate schemas",
    async (folder) => {
      const { packages } = await read<Lock>(`${folder}/package-lock.json`);
      expect(packages).not.toHaveProperty(["node_modules/graphql"]);
    },
  );
});

describe("the packages of the root", () => {
  it("are at most 450 on one platform", async () => {
    const { packages } = await read<Lock>("node_modules/.package-lock.json");
    expect(Object.keys(packages).length).toBeLessThanOrEqual(450);
  });
});
