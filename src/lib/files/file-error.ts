/** A file that cannot be loaded; none of it is stored. */
export class FileError extends Error {
  constructor(file: string, row: number, column: string | null, problem: string) {
    super(`${file}, row ${row}${column === null ? "" : `, column ${column}`}: ${problem}`);
    this.name = "FileError";
  }
}
