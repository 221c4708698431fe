import { DuckDBInstance } from '@duckdb/node-api';

/** Reads with DuckDB, a reader that isn't ours. `$file` in the query stands for the file's path. @returns a row an object */
export async function queryFile(file: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(sql.replaceAll('$file', `'${file.replaceAll("'", "''")}'`));
    connection.closeSync();
    return reader.getRowObjectsJS();
  } finally {
    instance.closeSync();
  }
}
