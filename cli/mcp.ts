import { egressPolicyOf } from '../runtime/egress-policy.ts';
import { loadProject } from '../runtime/project.ts';
import { readConfig } from '../src/config.ts';
import { createMcp, hashOfTools } from '../src/tools/mcp-connection.ts';
import { show } from './output.ts';

/** Letters as letters: what a server writes must not move the cursor, turn the line or hide. */
const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (sign) => (sign === '\n' ? sign : `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`));

/** `trimtab mcp NAME`: the tools of a server as it defines them now, and the hash that approves them. */
export async function showTools(name: string, options: { json?: boolean }): Promise<void> {
  const config = readConfig();
  const { config: project } = await loadProject();
  const servers = project.mcp ?? {};
  const tools = await createMcp({ servers, policy: egressPolicyOf(config), secret: config.secret }).tools(
    name,
    AbortSignal.timeout(20_000),
  );
  const hash = hashOfTools(tools);
  const approved = servers[name]?.tools === hash;
  show(options, { server: name, hash, approved, tools }, () =>
    [
      ...tools.map((tool) => plain(JSON.stringify(tool, null, 2))),
      '',
      approved
        ? `This list is approved.`
        : `Read all of it. To approve this list of ${tools.length}, set mcp.${name}.tools to '${hash}' in trimtab.config.ts.`,
    ].join('\n'),
  );
}
