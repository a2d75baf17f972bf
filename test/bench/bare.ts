import fastify from "fastify";
import { Pool } from "pg";

/** What a handler of the same HTTP framework can do at most: as many statements one after another, each one look-up, and a small answer. */
const [url, statements] = [process.argv[2]!, Number(process.argv[3])];
const pool = new Pool({ connectionString: url, max: 10 });
const app = fastify();
app.post("/graphql", async () => {
  let row: unknown;
  for (let n = 0; n < statements; n++) {
    const { rows } = await pool.query("select v.unit_id, v.code, v.name from unit_version v where v.unit_id = $1 and v.valid_to is null", [
      n + 1,
    ]);
    row = rows[0] ?? row;
  }
  return { data: { unit: row } };
});
console.log(`ready at ${await app.listen({ port: 0, host: "127.0.0.1" })}/graphql`);
process.once("SIGTERM", () => void app.close().then(() => pool.end()));
