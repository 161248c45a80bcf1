import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { globalAgent } from 'node:https';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../src/egress/addresses.ts';
import { asFetch } from '../../src/egress/as-fetch.ts';
import { createOpen } from '../../src/egress/open.ts';
import { EgressRefused } from '../../src/egress/policy.ts';
import { selfSigned } from '../../testing/self-signed.ts';
import { startNameServer } from '../stack/name-server.ts';
import { hostileUrls } from './hostile-urls.ts';

/** What must never be reached: it counts connections, before any word is said. */
let reached = 0;
type Reply = (request: IncomingMessage, response: ServerResponse) => void;
let reply: Reply;
const certificate = selfSigned();
const counted = (server: Server, host: string, port = 0): Promise<number> =>
  new Promise((resolve) => {
    server.on('connection', () => {
      reached += 1;
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
const canary = createHttps(certificate, (request, response) => reply(request, response));
const canaryPort = await counted(canary, '127.0.0.1');
const canary6 = createHttps(certificate, (request, response) => reply(request, response));
await counted(canary6, '::1', canaryPort);
const plain = createHttp((request, response) => reply(request, response));
const plainPort = await counted(plain, '127.0.0.1');

/** A host that the operator listed, and that sends everybody elsewhere. */
let hops: string[] = [];
let asked: IncomingMessage['headers'][] = [];
const sender = createHttp((request, response) => {
  asked.push(request.headers);
  response.writeHead(302, { location: hops.shift() ?? '/' }).end();
});
const senderPort = await new Promise<number>((resolve) =>
  sender.listen(0, '127.0.0.1', () => resolve((sender.address() as AddressInfo).port)),
);

const names: Record<string, string[][]> = {
  'rebind.evil': [['93.184.216.34'], ['127.0.0.1']],
  'private.evil': [['10.0.0.1']],
  'mixed.evil': [['93.184.216.34', '127.0.0.1']],
  'localhost.localdomain': [['127.0.0.1']],
  'cgnat.evil': [['100.64.0.9']],
  'link.evil': [['169.254.169.254']],
  'metadata.google.internal': [['169.254.169.254']],
  'zero.evil': [['0.0.0.0']],
  'multicast.evil': [['224.0.0.1']],
  'public.evil': [['93.184.216.34']],
  localhost: [['127.0.0.1']],
};
const dns = await startNameServer((name, turn) => {
  const answers = names[name.toLowerCase()] ?? (name.endsWith('localhost') ? [['127.0.0.1']] : []);
  return answers[Math.min(turn, answers.length - 1)] ?? [];
});
const special: Record<string, string[]> = {
  'mapped.evil': ['::ffff:127.0.0.1'],
  'sixtofour.evil': ['2002:7f00:1::'],
  'nothing.evil': ['not an address'],
};
const resolve = async (host: string): Promise<readonly string[]> => special[host] ?? dns.resolve(host);
const open = createOpen({ allow: [`127.0.0.1:${senderPort}`], ports: [443, canaryPort, plainPort] }, resolve);
const listed = createOpen({ allow: [`127.0.0.1:*`, `friend.example:${canaryPort}`], ports: [443] }, async (host) =>
  host === 'friend.example' ? ['127.0.0.1'] : [],
);

const { ca } = globalAgent.options;
globalAgent.options.ca = certificate.cert;
afterAll(async () => {
  globalAgent.options.ca = ca;
  await Promise.all([canary, canary6, plain, sender].map((server) => new Promise((done) => server.close(done))));
  await dns.stop();
});
beforeEach(() => {
  reached = 0;
  asked = [];
  reply = (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('the canary sings');
});
const canaryUrl = `https://127.0.0.1:${canaryPort}/`;
const plainUrl = `http://127.0.0.1:${plainPort}/`;
const refused = (message: RegExp) => expect.objectContaining({ name: 'EgressRefused', message: expect.stringMatching(message) });
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('what data may not reach', () => {
  it('is not reached by 200 hostile addresses', async () => {
    const urls = hostileUrls(canaryPort);
    expect(new Set(urls).size).toBeGreaterThanOrEqual(200);
    // Public addresses lead nowhere here: they are given up after a moment, the rest is refused at once.
    const errors = await Promise.all(urls.map((url) => failure(open(url, { timeout_ms: 400 }))));
    expect(urls.filter((_, at) => errors[at] === null)).toEqual([]);
    expect(reached).toBe(0);
  });

  it('is not reached through a name server that answers otherwise the second time, since it is asked once', async () => {
    expect(await dns.resolve('rebind.evil')).toBeDefined();
    names['turn.evil'] = [['93.184.216.34'], ['127.0.0.1'], ['127.0.0.1']];
    await failure(open(`https://turn.evil:${canaryPort}/`, { timeout_ms: 300 }));
    expect(dns.asked.get('turn.evil')).toBe(1);
    expect(await failure(open(`https://turn.evil:${canaryPort}/`))).toEqual(refused(/not on the public internet/));
    expect(reached).toBe(0);
  });

  it.each([
    ['at once', [canaryUrl]],
    ['after three hops', ['/a', '/b', '/c', canaryUrl]],
    ['by another scheme', [plainUrl]],
    ['by a name', [`https://localhost:${canaryPort}/`]],
    ['by a name that changed', [`https://private.evil:${canaryPort}/`]],
    ['with a password', [`https://a:b@127.0.0.1:${canaryPort}/`]],
    ['to a file', ['file:///etc/passwd']],
    ['without an end', Array.from({ length: 40 }, (_, n) => `/${n}`)],
    ['by a mapped address', [`https://[::ffff:127.0.0.1]:${canaryPort}/`]],
    ['without a scheme', [`//127.0.0.1:${canaryPort}/`]],
  ])('is not reached by redirects from a listed host: %s', async (_, places) => {
    hops = [...places];
    expect(await failure(open(`http://127.0.0.1:${senderPort}/`, { redirects: 5 }))).toBeInstanceOf(EgressRefused);
    expect(asked.length).toBeGreaterThan(0);
    expect(reached).toBe(0);
  });

  it('says why without the inside address that a name has', async () => {
    expect(await failure(open(`https://private.evil/`))).toEqual(refused(/^private\.evil is not on the public internet/));
    expect(String(await failure(open('https://private.evil/')))).not.toContain('10.0.0.1');
  });

  it.each(['8.8.8.8', '93.184.216.34', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])('lets %s be', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('what the operator listed', () => {
  it('is reached, by https with a certificate that fits, and by http: the canary can sing', async () => {
    expect(await (await listed(canaryUrl)).response.text()).toBe('the canary sings');
    expect(await (await listed(plainUrl)).response.text()).toBe('the canary sings');
    expect(reached).toBe(2);
  });

  it('is reached by a redirect from another listed host, without the words that were meant for the first', async () => {
    hops = [plainUrl];
    let heard: IncomingMessage['headers'] = {};
    reply = (request, response) => {
      heard = request.headers;
      response.end('here');
    };
    const headers = { authorization: 'Bearer secret', 'x-thing': 'kept' };
    const { url, response } = await listed(`http://127.0.0.1:${senderPort}/`, { redirects: 1, headers });
    expect([url, await response.text()]).toEqual([plainUrl, 'here']);
    expect(asked[0]).toMatchObject(headers);
    expect(heard['authorization']).toBeUndefined();
    expect(heard['x-thing']).toBe('kept');
  });

  it('must show a certificate of its own name, not of the address that was connected to', async () => {
    expect(String(await failure(listed(`https://friend.example:${canaryPort}/`)))).toMatch(/certificate|altnames/i);
  });

  it('is listed with its port, or on 80 and 443', async () => {
    const some = createOpen({ allow: ['127.0.0.1', `localhost:${plainPort}`], ports: [443] });
    expect(await failure(some(plainUrl))).toEqual(refused(/http is for hosts/));
    expect(await (await some(`http://localhost:${plainPort}/`)).response.text()).toBe('the canary sings');
  });
});

describe('an answer', () => {
  const one_mib = 1_048_576;
  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('that unpacks to more than the limit is cut: %s', async (encoding, pack) => {
    reply = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(pack(Buffer.alloc(16 * one_mib)));
    const { response } = await listed(plainUrl);
    expect(await failure(response.text())).toEqual(refused(/longer than 1048576 bytes/));
  });

  it('that is small and packed is unpacked', async () => {
    reply = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('small'));
    expect(await (await listed(plainUrl)).response.text()).toBe('small');
  });

  it('that never ends is cut at the bytes', async () => {
    reply = (_, response) => {
      const more = (): boolean => response.destroyed || !response.write(Buffer.alloc(65_536));
      response.on('drain', () => void more());
      more();
    };
    const { response } = await listed(plainUrl, { max_bytes: 300_000 });
    expect(await failure(response.arrayBuffer())).toEqual(refused(/longer than 300000 bytes/));
  });

  it('that stops half way is cut by time, and so is one that never begins', async () => {
    reply = (_, response) => void response.write('half');
    const { response } = await listed(plainUrl, { timeout_ms: 200 });
    expect(await failure(response.text())).toEqual(refused(/within 0\.2 s/));
    reply = () => undefined;
    expect(await failure(listed(plainUrl, { timeout_ms: 200 }))).toEqual(refused(/within 0\.2 s/));
  });

  it('ends with the caller, and frees the connection', async () => {
    const closed = new Promise<void>((done) => {
      reply = (request, response) => {
        request.socket.on('close', () => done());
        response.write('half');
      };
    });
    const stop = new AbortController();
    const { response } = await listed(plainUrl, { signal: stop.signal });
    const text = failure(response.text());
    stop.abort(new Error('the run was cancelled'));
    expect(String(await text)).toContain('the run was cancelled');
    await closed;
  });

  it('of a type that is not read is refused before its body', async () => {
    reply = (_, response) => response.writeHead(200, { 'content-type': 'application/x-tar' }).end('x');
    expect(await failure(listed(plainUrl, { types: ['text/plain', 'text/html'] }))).toEqual(
      refused(/application\/x-tar, which is not read/),
    );
    reply = (_, response) => response.writeHead(200, { 'content-type': 'text/HTML; charset=utf-8' }).end('x');
    expect(await (await listed(plainUrl, { types: ['text/html'] })).response.text()).toBe('x');
  });

  it('with endless headers is refused', async () => {
    reply = (_, response) => response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end();
    expect(String(await failure(listed(plainUrl)))).toMatch(/header/i);
  });

  it('comes as fetch for SDKs, where a redirect is an answer and not a way', async () => {
    hops = [plainUrl];
    const response = await asFetch(listed)(`http://127.0.0.1:${senderPort}/`, { method: 'POST', body: '{}', headers: { a: 'b' } });
    expect([response.status, reached]).toEqual([302, 0]);
  });
});
