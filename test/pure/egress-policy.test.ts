import { describe, expect, it } from 'vitest';
import { egressPolicyOf, webhookPolicyOf } from '../../runtime/egress-policy.ts';
import { readConfig } from '../../src/config.ts';
import { targetOf } from '../../src/egress/policy.ts';

const policy = (env: Record<string, string> = {}) => egressPolicyOf(readConfig(env));
const webhooks = (env: Record<string, string> = {}) => webhookPolicyOf(readConfig(env));

describe('what the operator opens', () => {
  it('is nothing but public https when nothing is set', () => {
    expect(policy()).toEqual({ allow: [], ports: [443] });
  });

  it('is a list of hosts, with or without ports, and a list of ports', () => {
    const set = policy({ TRIMTAB_EGRESS_ALLOW: 'desk.internal:8080, 10.1.2.3:* [::1]:9000', TRIMTAB_EGRESS_PORTS: '443,8443' });
    expect(set).toEqual({ allow: ['desk.internal:8080', '10.1.2.3:*', '[::1]:9000'], ports: [443, 8443] });
    expect(targetOf(set, 'http://desk.internal:8080/x').listed).toBe(true);
    expect(targetOf(set, 'http://[::1]:9000/').listed).toBe(true);
    expect(targetOf(set, 'https://example.com:8443/').listed).toBe(false);
    expect(() => targetOf(set, 'http://desk.internal:8081/')).toThrow(/http is for hosts that the operator lists/);
    expect(() => targetOf(set, 'https://example.com:9443/')).toThrow(/port 9443 is not open/);
  });

  it.each([
    [{ TRIMTAB_EGRESS_ALLOW: 'https://desk.internal' }, /'https:\/\/desk.internal' is no host/],
    [{ TRIMTAB_EGRESS_ALLOW: '*' }, /'\*' is no host/],
    [{ TRIMTAB_EGRESS_PORTS: '443,any' }, /write ports from 1 to 65535/],
  ])('is said to be wrong at start: %o', (env, why) => {
    expect(() => policy(env)).toThrow(why);
  });

  it('includes the address that a service was moved to', () => {
    expect(policy({ TRIMTAB_ENDPOINT_WIKIPEDIA: 'http://127.0.0.1:7000/' }).allow).toEqual(['127.0.0.1:7000']);
  });
});

describe('webhooks', () => {
  it('reach this machine while trimtab is on this machine alone', () => {
    expect(targetOf(webhooks(), 'http://127.0.0.1:5000/hook').listed).toBe(true);
    expect(() => targetOf(policy(), 'http://127.0.0.1:5000/hook')).toThrow(/http is for hosts/);
  });

  it('do not once others can reach it', () => {
    const env = { TRIMTAB_HOST: '0.0.0.0', TRIMTAB_PUBLIC_URL: 'https://trimtab.example.com' };
    expect(() => targetOf(webhooks(env), 'http://127.0.0.1:5000/hook')).toThrow(/http is for hosts/);
    expect(() => targetOf(webhooks({ TRIMTAB_PUBLIC_URL: 'https://trimtab.example.com' }), 'http://localhost:5000/')).toThrow(
      /http is for hosts/,
    );
  });
});
