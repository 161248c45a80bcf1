import type { Config } from '../src/config.ts';
import { SourceUnavailable, type Services } from '../src/define/source.ts';
import type { Database } from '../src/store/database.ts';
import { searchKnowledge } from '../src/store/knowledge.ts';
import { cachedAnswer } from '../src/store/source-answers.ts';
import type { TrimtabConfig } from '../src/define/config.ts';
import { createMcp } from '../src/tools/mcp-connection.ts';
import { createOpen } from '../src/egress/open.ts';
import { createFreeSql } from '../src/tools/free-sql.ts';
import { createReadOnlyDatabase } from '../src/tools/read-only-database.ts';
import { egressPolicyOf } from './egress-policy.ts';

/**
 * What sources and effects may use of the worker, and the end of the connections behind it. Addresses of outside services can
 * be moved by `TRIMTAB_ENDPOINT_<NAME>`.
 */
export function createServices(
  db: Database,
  config: Config,
  project: Pick<TrimtabConfig, 'mcp'> = {},
): { services: Services; close(): Promise<void> } {
  const reader = config.readerUrl === null ? null : createReadOnlyDatabase(config.readerUrl);
  const policy = egressPolicyOf(config);
  const sqlUrl = config.secret('TRIMTAB_SQL_URL');
  const sqlReader = sqlUrl === undefined ? null : createFreeSql(sqlUrl);
  const free = (): NonNullable<typeof sqlReader> => {
    if (sqlReader === null)
      throw new SourceUnavailable('no database for SQL: set TRIMTAB_SQL_URL to a role that can only read the listed views');
    return sqlReader;
  };
  const services: Services = {
    knowledge: (query, options) => searchKnowledge(db, query, options),
    database: async (sql, parameters) => {
      if (reader === null) throw new SourceUnavailable('no private database: set TRIMTAB_READER_URL to a role that can only read');
      return reader(sql, parameters);
    },
    sql: async (statement, allowed) => free().sql(statement, allowed),
    describeSql: async (relations) => free().describe(relations),
    mcp: createMcp({ servers: project.mcp ?? {}, policy, secret: config.secret }),
    cached: (question, ask) => cachedAnswer(db, question, ask),
    open: createOpen(policy),
    secret: config.secret,
    endpoint: (name) => config.secret(`TRIMTAB_ENDPOINT_${name.toUpperCase().replaceAll('-', '_')}`),
  };
  return {
    services,
    async close() {
      await Promise.all([reader?.close(), sqlReader?.close()]);
    },
  };
}
