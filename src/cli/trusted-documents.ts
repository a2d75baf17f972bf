import { Command } from "commander";
import { Kind, parse } from "graphql";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { trustedDocumentsFile } from "../graphql/execution/document-texts.ts";

const OPERATIONS = new URL("../../schema/operations/", import.meta.url);

const ours = async (): Promise<URL[]> => {
  const names = (await readdir(OPERATIONS)).filter((name) => name.endsWith(".graphql")).toSorted();
  return names.map((name) => new URL(name, OPERATIONS));
};

const write = async (files: readonly string[], { out }: { out: string }): Promise<void> => {
  const texts = await Promise.all((files.length > 0 ? files : await ours()).map((file) => readFile(file, "utf8")));
  const operations = texts.flatMap((text) => parse(text).definitions).filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operations.length === 0) throw new Error("none of the files contains an operation");
  await writeFile(out, trustedDocumentsFile(texts));
  console.log(`cchc-graph: ${operations.length} operations are in ${out}; set TRUSTED_DOCUMENTS=${out} to answer no other`);
};

await new Command("npm run trusted-documents --")
  .description("write the operations of files, or of schema/operations, as the only ones that a service with TRUSTED_DOCUMENTS answers")
  .argument("[files...]", "files of operations and fragments, in GraphQL")
  .option("--out <file>", "where to", "trusted-documents.json")
  .action(write)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`cchc-graph: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
