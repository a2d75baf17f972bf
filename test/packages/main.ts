import { FOLDERS, installFolder } from "./install.ts";

/** Installs the packages of the folders whose names end as an argument says, or of all. */
const asked = process.argv.slice(2);
const folders = FOLDERS.filter((folder) => asked.length === 0 || asked.some((name) => folder.endsWith(`/${name}`)));
await Promise.all(folders.map(installFolder));
