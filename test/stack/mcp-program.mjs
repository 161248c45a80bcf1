/** A tool server as a program, for test/api/mcp.test.ts: JavaScript, since it is started for each call. */
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

serveStdio(() => {
  const server = new McpServer({ name: 'program', version: '1' });
  server.registerTool('env', { description: 'A variable', inputSchema: z.object({ name: z.string() }) }, async ({ name }) => ({
    content: [{ type: 'text', text: `${name}=${process.env[name] ?? 'absent'}` }],
  }));
  return server;
});
