import { FOLDERS, installFolder } from "./install.ts";

/** Installs the packages of the folders whose names end with an argument, or of all folders. */
const asked = process.argv.slice(2);
const folders = FOLDERS.filter((folder) => asked.length === 0 || asked.some((name) => folder.endsWith(`/${name}`)));
await Promise.all(folders.map(installFolder));
