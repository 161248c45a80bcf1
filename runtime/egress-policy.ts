import type { Config } from '../src/config.ts';
import type { EgressPolicy } from '../src/egress/policy.ts';
import { TrimtabError } from '../src/errors.ts';

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(/[\s,]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

const entry = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?)(?::(?:\d{1,5}|\*))?$/i;

/** What the operator opens: TRIMTAB_EGRESS_ALLOW (hosts) and TRIMTAB_EGRESS_PORTS. Throws `config` for what is no host or port. */
export function egressPolicyOf(config: Config): EgressPolicy {
  const allow = listOf(config.secret('TRIMTAB_EGRESS_ALLOW'));
  const odd = allow.find((one) => !entry.test(one));
  if (odd !== undefined)
    throw new TrimtabError(
      'config',
      `TRIMTAB_EGRESS_ALLOW: '${odd}' is no host; write desk.internal, desk.internal:8080 or desk.internal:*`,
    );
  const ports = listOf(config.secret('TRIMTAB_EGRESS_PORTS') ?? '443').map(Number);
  if (ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535))
    throw new TrimtabError('config', 'TRIMTAB_EGRESS_PORTS: write ports from 1 to 65535, as in 443,8443');
  return { allow: [...allow, ...movedTo(config, ['WIKIPEDIA'])], ports };
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** An address that the operator moved a service to (TRIMTAB_ENDPOINT_…) is one that the operator listed. */
function movedTo(config: Config, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const address = config.secret(`TRIMTAB_ENDPOINT_${name}`);
    if (address === undefined || !URL.canParse(address)) return [];
    const { hostname, port, protocol } = new URL(address);
    return [`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`];
  });
}

/**
 * For webhooks. Where trimtab itself is on loopback alone, whoever may set an endpoint sits at this machine: endpoints on it are
 * reached too.
 */
export function webhookPolicyOf(config: Config): EgressPolicy {
  const policy = egressPolicyOf(config);
  if (config.publicUrl !== null) return policy;
  return { ...policy, allow: [...policy.allow, ...loopback.map((host) => `${host}:*`)] };
}
