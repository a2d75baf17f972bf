export interface Env {
  readonly port: number;
  readonly host: string;
  /** A PostgreSQL from 15 on; null starts the embedded one. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
}

/** All configuration, read in this one place. @throws Error naming the variable that is wrong. */
export const readEnv = (variables: NodeJS.ProcessEnv): Env => {
  const given = (name: string): string | null => variables[name]?.trim() || null;
  const port = given("PORT") ?? "4000";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`PORT: "${port}" is not a port; accepted is a number from 0 to 65535`);
  const databaseUrl = given("DATABASE_URL");
  if (databaseUrl !== null && !/^postgres(ql)?:\/\/[^?]*\/[^/?]/.test(databaseUrl))
    throw new Error("DATABASE_URL: accepted is postgresql://user:password@host:port/database");
  return { port: Number(port), host: given("HOST") ?? "127.0.0.1", databaseUrl, dataDir: given("DATA_DIR") ?? ".data" };
};

/** One line for the log, without secrets. */
export const envText = ({ port, host, databaseUrl, dataDir }: Env): string => {
  // Up to the last @, for a password may have one that should have been encoded; an option may be a password, too.
  const database = databaseUrl === null ? `embedded in ${dataDir}` : databaseUrl.replace(/\/\/.*@/s, "//***@").replace(/\?.*$/s, "");
  return `PORT=${port} HOST=${host} database: ${database}`;
};
