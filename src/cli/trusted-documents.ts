import { Command } from "commander";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { trustedDocumentsFile } from "../server/operation/trusted-documents.ts";

/**
 * Writes the documents of schema/operations for TRUSTED_DOCUMENTS, as `{ sha256: text }`. Each stands there in every text in which clients
 * send it: as its file has it, as graphql-js prints it (which is how the typed documents are sent), and printed with `__typename` in
 * every selection, as clients with a cache ask.
 */
const OPERATIONS = new URL("../../schema/operations/", import.meta.url);

const write = async ({ out }: { out: string }): Promise<void> => {
  const names = (await readdir(OPERATIONS)).filter((name) => name.endsWith(".graphql")).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, OPERATIONS), "utf8")));
  await writeFile(out, trustedDocumentsFile(texts));
  console.log(`cchc-graph: ${names.length} documents are in ${out}; set TRUSTED_DOCUMENTS=${out} to answer no other`);
};

await new Command("npm run trusted-documents --")
  .description(
    "write the documents of schema/operations as the only ones that a service with TRUSTED_DOCUMENTS answers; put yours there, too",
  )
  .option("--out <file>", "where to", "trusted-documents.json")
  .action(write)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`cchc-graph: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
