import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { errorText } from "../database/failure.ts";
import type { MigrationFile } from "./migration-files.ts";
import { type TarMember, packTar, unpackTar } from "./tar.ts";

/**
 * A backup is a tar archive compressed by gzip: first `backup.json` (a Manifest), then the rows of each table in COPY format, in consecutive files of some megabytes
 * (`tables/NAME/000001.copy`, …), and last `end.json` (an Ending).
 */

export const FORMAT = "cchc-graph backup 1";

export interface BackedUpTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface Manifest {
  readonly format: typeof FORMAT;
  readonly madeAt: string;
  readonly migrations: readonly MigrationFile[];
  /** In an order that satisfies foreign keys. */
  readonly tables: readonly BackedUpTable[];
}

export interface Ending {
  readonly rows: Readonly<Record<string, number>>;
  readonly sequences: readonly { readonly name: string; readonly value: string; readonly isCalled: boolean }[];
  /** Digest of the names and contents of all files before it. */
  readonly sha256: string;
}

export interface Contents {
  readonly manifest: Manifest;
  readonly ending: Ending;
}

const MANIFEST = "backup.json";
const ENDING = "end.json";
const PART = 4 << 20;

type Digest = ReturnType<typeof createHash>;

const jsonMember = (name: string, value: object): TarMember => ({ name, data: Buffer.from(`${JSON.stringify(value, null, 1)}\n`) });

const noteIn = (digest: Digest, { name, data }: TarMember): void => void digest.update(`${name} ${data.length}\n`).update(data);

async function* membersOf(
  manifest: Manifest,
  rows: (table: BackedUpTable) => AsyncIterable<Buffer>,
  end: () => Promise<Omit<Ending, "sha256">>,
) {
  const digest = createHash("sha256");
  const noted = (member: TarMember) => {
    noteIn(digest, member);
    return member;
  };
  yield noted(jsonMember(MANIFEST, manifest));
  for (const table of manifest.tables) {
    let parts = 0;
    for await (const data of inParts(rows(table)))
      yield noted({ name: `tables/${table.name}/${String(++parts).padStart(6, "0")}.copy`, data });
  }
  yield jsonMember(ENDING, { ...(await end()), sha256: digest.digest("hex") });
}

async function* inParts(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let [chunks, size]: [Buffer[], number] = [[], 0];
  for await (const chunk of source) {
    chunks.push(chunk);
    size += chunk.length;
    if (size < PART) continue;
    yield Buffer.concat(chunks);
    [chunks, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(chunks);
}

/** Replaces a file of that name when complete. @returns its size in bytes. */
export const writeBackup = async (
  path: string,
  manifest: Manifest,
  rows: (table: BackedUpTable) => AsyncIterable<Buffer>,
  end: () => Promise<Omit<Ending, "sha256">>,
): Promise<number> => {
  const draft = `${path}.part`;
  try {
    const members = packTar(membersOf(manifest, rows, end), new Date(manifest.madeAt));
    await pipeline(members, createGzip(), createWriteStream(draft, { mode: 0o600 }));
    const file = await open(draft, "r+");
    await file.sync().finally(() => file.close());
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return (await stat(path)).size;
};

async function* unzipped(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on("error", (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
    if (gunzip.bytesWritten < (await stat(path)).size) throw new Error("it continues after its end");
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

/** Reads the whole file. @throws Error if it is not a complete backup. */
export const verifyBackup = async (path: string): Promise<Contents> => {
  try {
    const digest = createHash("sha256");
    let manifest: Manifest | null = null;
    let ending: Ending | null = null;
    for await (const member of unpackTar(unzipped(path))) {
      if (manifest === null) manifest = manifestOf(member);
      if (ending !== null) throw new Error("it continues after its end");
      if (member.name === ENDING) ending = JSON.parse(member.data.toString()) as Ending;
      else noteIn(digest, member);
    }
    if (manifest === null || ending?.sha256 !== digest.digest("hex")) throw new Error("its content differs from its digest");
    return { manifest, ending };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new Error(`${path}: there is no such file`, { cause: error });
    throw new Error(`${path} is not a backup of cchc-graph, or a damaged one: ${errorText(error)}; nothing was changed`, { cause: error });
  }
};

const manifestOf = ({ name, data }: TarMember): Manifest => {
  if (name !== MANIFEST) throw new Error(`it must begin with ${MANIFEST}`);
  const manifest = JSON.parse(data.toString()) as Omit<Manifest, "format"> & { readonly format: string };
  if (manifest.format !== FORMAT) throw new Error(`its format must be "${FORMAT}", got ${JSON.stringify(manifest.format)}`);
  return { ...manifest, format: FORMAT };
};

/** The rows of a verified backup in COPY format, part by part. */
export async function* rowsOfBackup(path: string): AsyncGenerator<{ readonly table: string; readonly data: Buffer }> {
  for await (const { name, data } of unpackTar(unzipped(path))) {
    const table = /^tables\/([^/]+)\//.exec(name)?.[1];
    if (table !== undefined) yield { table, data };
  }
}
