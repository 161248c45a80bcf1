import { createServer, type IncomingMessage } from 'node:http';
import { globalAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOpen } from '../../src/egress/open.ts';
import { SourceUnavailable, type Services, type Source, type SourceContext } from '../../src/define/source.ts';
import type { EffectContext } from '../../src/define/step.ts';
import type { Passage } from '../../src/shapes/passage.ts';
import { importDocuments, searchKnowledge } from '../../src/store/knowledge.ts';
import { database } from '../../src/tools/database.ts';
import { gather } from '../../src/tools/gather.ts';
import { google, serpapi } from '../../src/tools/serpapi.ts';
import { knowledge } from '../../src/tools/knowledge.ts';
import { createReadOnlyDatabase, type ReadOnlyDatabase } from '../../src/tools/read-only-database.ts';
import { ensureReaderRole } from '../../src/tools/reader-role.ts';
import { webhook } from '../../src/tools/webhook.ts';
import { wikipedia } from '../../src/tools/wikipedia.ts';
import { startSerpapiServer, type SerpapiServer } from '../../testing/serpapi-server.ts';
import { startWikipediaServer, type WikipediaServer } from '../../testing/wikipedia-server.ts';
import { testDatabase } from '../stack/database.ts';

const { db, url } = await testDatabase();

interface Settings {
  secrets?: Record<string, string>;
  endpoints?: Record<string, string>;
  reader?: ReadOnlyDatabase;
}
const services = ({ secrets = {}, endpoints = {}, reader }: Settings = {}): Services => ({
  knowledge: (query, options) => searchKnowledge(db, query, options),
  database:
    reader ??
    (async () => {
      throw new SourceUnavailable('no private database');
    }),
  cached: (_, ask) => ask(),
  describeSql: async () => [],
  mcp: { tools: async () => [], check: async () => undefined, call: async () => [] },
  sql: () => Promise.reject(new SourceUnavailable('no database for SQL')),
  open: createOpen({ allow: ['127.0.0.1:*'], ports: [443] }),
  secret: (name) => secrets[name],
  endpoint: (name) => endpoints[name],
});
const context = (settings: Settings = {}, more: Partial<SourceContext> = {}): SourceContext => ({
  keep: 6,
  missing: [],
  signal: new AbortController().signal,
  services: services(settings),
  ...more,
});

describe('the private database', () => {
  const role = `reader_${process.pid}_${Math.floor(performance.now())}`;
  let reader: ReadOnlyDatabase;
  beforeAll(async () => {
    await sql
      .raw(`
      create schema shop;
      create table shop.orders (id int primary key, customer_id text, item text, changed_at timestamptz);
      insert into shop.orders select n, case when n < 1000 then 'c' || (n % 3) else 'many' end, 'item ' || n, '2026-03-01T10:00:00Z' from generate_series(1, 1500) n;
      create schema private; create table private.salaries (who text, amount int);
      create table public.open_notes (note text);
      create sequence shop.counter`)
      .execute(db);
    await ensureReaderRole(db, { schema: 'shop', role, password: "it's %L \\ secret" });
    await ensureReaderRole(db, { schema: 'shop', role, password: 'second, it is the one that counts' });
    const address = new URL(url);
    address.username = role;
    address.password = encodeURIComponent('second, it is the one that counts');
    reader = createReadOnlyDatabase(address.href);
  });
  afterAll(async () => {
    await reader.close();
    await sql.raw(`drop owned by ${role}; drop role ${role}`).execute(db);
  });
  const orders = database<{ customer_id?: string }>({
    name: 'shop',
    sql: 'select * from shop.orders where customer_id = $1 order by id',
    parameters: ({ customer_id }) => [customer_id],
    passage: (row) => ({
      id: Number(row.id),
      title: `Order ${String(row.id)}`,
      text: `Order ${String(row.id)}: ${String(row.item)}`,
      at: row.changed_at as Date,
    }),
  });

  it('gives rows as untrusted passages with stable ids and the time they changed', async () => {
    const first = await orders.search({ customer_id: 'c1' }, context({ reader }, { keep: 2 }));
    expect(first).toMatchObject([
      { source: 'shop', title: 'Order 1', text: 'Order 1: item 1', at: '2026-03-01T10:00:00.000Z', trust: 'untrusted' },
      { title: 'Order 4' },
    ]);
    expect(await orders.search({ customer_id: 'c1' }, context({ reader }, { keep: 2 }))).toEqual(first);
    expect(new Set(first.map((one) => one.id)).size).toBe(2);
  });

  it('asks nothing when the value that looks the customer up is absent', async () => {
    expect(await orders.search({}, context())).toEqual([]);
  });

  it('takes a hostile value as a value', async () => {
    expect(await orders.search({ customer_id: "c1' or '1'='1" }, context({ reader }))).toEqual([]);
  });

  it('reads 200 rows at most', async () => {
    expect(await reader('select * from shop.orders where customer_id = $1', ['many'])).toHaveLength(200);
    expect(await reader('select id from shop.orders where id = $1', [7])).toEqual([{ id: 7 }]);
  });

  it('reads rows of 1 MiB at most, and serves the next', async () => {
    const wide = database<unknown>({
      name: 'wide',
      sql: "select repeat('x', 100000) as text from shop.orders",
      parameters: () => [],
      passage: (row) => ({ id: 1, title: '', text: String(row.text) }),
    });
    await expect(wide.search({}, context({ reader }))).rejects.toThrow(
      /wide: the private database did not answer: its rows have more than 1048576 bytes; select fewer columns or rows/,
    );
    expect(await reader('select id from shop.orders where id = $1', [7])).toEqual([{ id: 7 }]);
  });

  it('waits a second for a lock, not for ever', async () => {
    const { Client } = (await import('pg')).default;
    const holder = new Client(url);
    await holder.connect();
    await holder.query('begin; lock table shop.orders in access exclusive mode');
    await expect(reader('select id from shop.orders', [])).rejects.toThrow(/lock timeout/);
    await holder.end();
  });

  it('gives a statement five seconds, read-only', async () => {
    const found = await reader(
      "select current_setting('statement_timeout') as timeout, current_setting('transaction_read_only') as read_only",
      [],
    );
    expect(found).toEqual([{ timeout: '5s', read_only: 'on' }]);
  });

  it.each([
    ['an insert', "insert into shop.orders values (0, 'x', 'x', now()) returning 1"],
    ['a delete', 'delete from shop.orders'],
    ['a delete inside a query', 'with gone as (delete from shop.orders returning *) select * from gone'],
    ['a second statement', 'select 1; delete from shop.orders'],
    ['the end of the transaction', 'select 1; commit; set transaction read write'],
    ['a lock', 'select * from shop.orders for update'],
    ['a new table', 'create table shop.mine (x int)'],
    ['a copy into a table', 'select * into shop.mine from shop.orders'],
    ['a sequence', "select nextval('shop.counter')"],
    ['another schema', 'select * from private.salaries'],
    ["trimtab's schema", 'select * from trimtab.runs'],
    ['a table in public', 'select * from public.open_notes'],
    ['stored passwords', 'select rolpassword from pg_authid'],
    ['a file of the server', "select pg_read_file('/etc/passwd')"],
  ])('refuses %s', async (_, statement) => {
    await expect(reader(statement, [])).rejects.toMatchObject({ code: expect.stringMatching(/^(42|25|0A)/) });
    expect(await reader('select count(*)::int as n from shop.orders', [])).toEqual([{ n: 1500 }]);
  });

  it('refuses these by the role alone, without the read-only transaction', async () => {
    const { Client } = (await import('pg')).default;
    const address = new URL(url);
    address.username = role;
    address.password = encodeURIComponent('second, it is the one that counts');
    const client = new Client(address.href);
    await client.connect();
    await client.query('set session characteristics as transaction read write');
    for (const statement of [
      "insert into shop.orders values (0, 'x', 'x', now())",
      'delete from shop.orders',
      'create table shop.mine (x int)',
      'select * from trimtab.runs',
      'select * from private.salaries',
    ]) {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
    await client.end();
  });

  it('refuses a function that writes, even to an owner', async () => {
    const owner = createReadOnlyDatabase(url);
    await expect(owner("select nextval('shop.counter')", [])).rejects.toMatchObject({ code: '25006' });
    await owner.close();
  });

  it('takes back what the role was given elsewhere', async () => {
    await sql.raw(`grant usage on schema private to ${role}; grant select on private.salaries to ${role}`).execute(db);
    expect(await reader('select * from private.salaries', [])).toEqual([]);
    await ensureReaderRole(db, { schema: 'shop', role, password: 'second, it is the one that counts' });
    await expect(reader('select * from private.salaries', [])).rejects.toMatchObject({ code: '42501' });
  });

  it('names a failing query as unavailable', async () => {
    const broken = database<unknown>({
      name: 'broken',
      sql: 'select * from shop.nothing',
      parameters: () => [],
      passage: () => ({ id: 1, title: '', text: '' }),
    });
    await expect(broken.search({}, context({ reader }))).rejects.toThrow(
      /broken: the private database did not answer: relation "shop.nothing" does not exist/,
    );
  });

  it('refuses names that are no plain identifiers', async () => {
    await expect(ensureReaderRole(db, { schema: 'shop; drop schema shop', role, password: 'x' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

describe('Google through SerpApi', () => {
  const results = [
    { title: 'Lighthouses of Brittany', link: 'https://example.org/lights', snippet: 'The lighthouse of Eckmühl is 65 metres high.' },
    { title: 'Tides', link: 'https://example.org/tides', snippet: 'The tide at Saint-Malo rises 12 metres.' },
  ];
  let server: SerpapiServer;
  const ca = globalAgent.options.ca;
  beforeAll(async () => {
    server = await startSerpapiServer(results, 'good-key');
    globalAgent.options.ca = server.certificate;
  });
  afterAll(async () => {
    globalAgent.options.ca = ca;
    await server.close();
  });
  afterEach(() => {
    server.fail(null);
    server.flood(0);
    server.answer(null);
  });
  const with_key = (key: string): Settings => ({ secrets: { SERPAPI_API_KEY: key }, endpoints: { serpapi: server.url } });
  const why = (settings: Settings): Promise<string> =>
    google()
      .search({ question: 'how high is the lighthouse' }, context(settings))
      .then(
        () => 'answered',
        (error: unknown) => {
          expect(error).toBeInstanceOf(SourceUnavailable);
          return (error as Error).message;
        },
      );

  it('gives results as untrusted passages with address, time and a stable id', async () => {
    const ask = () => google({ num: 5 }).search({ question: 'how high is the lighthouse' }, context(with_key('good-key')));
    const found = await ask();
    expect(found).toEqual([
      {
        id: found[0]?.id,
        source: 'google',
        title: 'Lighthouses of Brittany',
        text: 'The lighthouse of Eckmühl is 65 metres high.',
        url: 'https://example.org/lights',
        at: '2026-01-31T10:00:00.000Z',
        trust: 'untrusted',
      },
    ]);
    expect(found[0]?.id).toMatch(/^google_[0-9a-f]{20}$/);
    expect(await ask()).toEqual(found);
    expect(Object.fromEntries(server.searches.at(-1) ?? [])).toMatchObject({
      engine: 'google',
      q: 'how high is the lighthouse',
      num: '5',
      output: 'json',
    });
  });

  it('asks what a verdict found missing as further queries', async () => {
    const before = server.searches.length;
    const found = await google().search({ question: 'lighthouse' }, context(with_key('good-key'), { missing: ['tide at Saint-Malo'] }));
    expect(found.map((one) => one.title).toSorted()).toEqual(['Lighthouses of Brittany', 'Tides']);
    expect(
      server.searches
        .slice(before)
        .map((one) => one.get('q'))
        .toSorted(),
    ).toEqual(['lighthouse', 'tide at Saint-Malo']);
  });

  it('finds nothing when Google has no result', async () => {
    expect(await google({ query: () => 'zzzzzz' }).search({}, context(with_key('good-key')))).toEqual([]);
  });

  it('asks any other engine by its own word for the query, and reads the lists that it answers with', async () => {
    const ask = async (engine: string, more: object = {}) =>
      (await serpapi({ engine, ...more }).search({ question: 'lighthouse' }, context(with_key('good-key')))).map(
        ({ source, title, text, url: at, trust }) => [source, title, text, at, trust],
      );
    const film = {
      position_on_page: 1,
      title: 'Lights',
      link: 'https://video.example/1',
      description: 'A day at the lighthouse.',
      length: '9:30',
    };
    const bought = { title: 'Buy', link: 'https://ads.example', description: 'Buy now.' };
    server.answer((asked) => (asked.get('search_query') === 'lighthouse' ? { ads_results: [bought], video_results: [film] } : {}));
    expect(await ask('youtube')).toEqual([['youtube', 'Lights', 'A day at the lighthouse.', 'https://video.example/1', 'untrusted']]);
    const news = {
      position: 1,
      title: 'Lighthouse sold',
      link: 'https://news.example/sold',
      date: '01/30/2026',
      thumbnail: 'https://x.example',
    };
    server.answer(() => ({ news_results: [news] }));
    expect(await ask('google_news', { name: 'news', parameters: { hl: 'de', gl: 'at' } })).toEqual([
      ['news', 'Lighthouse sold', 'date: 01/30/2026', 'https://news.example/sold', 'untrusted'],
    ]);
    expect(Object.fromEntries(server.searches.at(-1) ?? [])).toMatchObject({ engine: 'google_news', q: 'lighthouse', hl: 'de', gl: 'at' });
    expect(server.searches.at(-1)?.has('num')).toBe(false);
    server.answer(() => ({ shopping_results: [{ title: 'Lamp', product_link: 'https://shop.example/1', price: '$5.00', rating: 4.5 }] }));
    expect(await ask('google_shopping')).toEqual([
      ['google_shopping', 'Lamp', 'price: $5.00; rating: 4.5', 'https://shop.example/1', 'untrusted'],
    ]);
    await ask('new_engine', { query_parameter: 'term' });
    expect(server.searches.at(-1)?.get('term')).toBe('lighthouse');
    server.answer(() => ({ error: "Yahoo! hasn't returned any results for this query." }));
    expect(await ask('yahoo')).toEqual([]);
    expect(server.searches.at(-1)?.get('p')).toBe('lighthouse');
  });

  it('takes no parameter from the author that is its own', () => {
    for (const own of ['api_key', 'engine', 'q'])
      expect(() => serpapi({ parameters: { [own]: 'x' } })).toThrow(`'${own}' is set by trimtab`);
  });

  it('says what is wrong in one sentence, never with the key', async () => {
    expect(await why({})).toBe('google: no key; set SERPAPI_API_KEY');
    expect(await why(with_key('wrong-key'))).toMatch(/^google: SerpApi did not answer: Invalid API key/);
    server.fail({ status: 429, error: 'Your account has run out of searches. Key good-key.' });
    expect(await why(with_key('good-key'))).toBe('google: SerpApi did not answer: Your account has run out of searches. Key [key].');
  });

  it('cuts an answer that does not end', async () => {
    server.flood(6 * 1024 * 1024);
    expect(await why(with_key('good-key'))).toMatch(/longer than 4194304 bytes/);
  });

  it('does not talk to a server whose certificate nobody vouches for', async () => {
    globalAgent.options.ca = ca;
    const before = server.searches.length;
    expect(await why(with_key('good-key'))).toMatch(/self-signed certificate/);
    globalAgent.options.ca = server.certificate;
    expect(server.searches).toHaveLength(before);
  });
});

describe('Wikipedia', () => {
  let server: WikipediaServer;
  beforeEach(async () => {
    server = await startWikipediaServer([
      {
        title: 'Eckmühl Lighthouse',
        extract: 'Eckmühl Lighthouse is a lighthouse in Finistère, 65 metres high.',
        timestamp: '2025-11-12T13:14:15Z',
      },
      { title: 'Lighthouse (disambiguation)', extract: 'Lighthouse may refer to:', disambiguation: true },
      { title: 'AC/DC lighthouse', extract: 'A lighthouse with a slash.' },
    ]);
  });
  afterEach(() => server.close());
  const search = (query: string, more: Partial<SourceContext> = {}) =>
    wikipedia({ query: () => query }).search({}, context({ endpoints: { wikipedia: server.url } }, more));

  it('gives the opening of each page as an untrusted passage, and leaves lists of meanings out', async () => {
    const found = await search('Eckmühl lighthouse');
    expect(found.map((one) => one.title)).toEqual(['Eckmühl Lighthouse', 'AC/DC lighthouse']);
    expect(found[0]).toMatchObject({
      source: 'wikipedia',
      url: 'https://en.wikipedia.org/wiki/Eckmühl_Lighthouse',
      at: '2025-11-12T13:14:15.000Z',
      trust: 'untrusted',
    });
    expect(await search('Eckmühl lighthouse')).toEqual(found);
    expect(server.requests[0]?.agent).toMatch(/^trimtab\//);
  });

  it('finds nothing for what it does not know', async () => {
    expect(await search('zzzzzz')).toEqual([]);
  });

  it.each([
    [500, /HTTP 500/],
    [429, /HTTP 429, try again after 5 s/],
  ])('is unavailable on status %i', async (status, message) => {
    server.fail(status);
    await expect(search('lighthouse')).rejects.toThrow(message);
    await expect(search('lighthouse')).rejects.toBeInstanceOf(SourceUnavailable);
  });

  it('cuts an answer that does not end, and says when nobody is there', async () => {
    server.flood(2 * 1024 * 1024);
    await expect(search('lighthouse')).rejects.toThrow(/longer than 1048576 bytes/);
    await expect(wikipedia({ query: () => 'x' }).search({}, context({ endpoints: { wikipedia: 'http://127.0.0.1:1' } }))).rejects.toThrow(
      /wikipedia: Wikipedia did not answer/,
    );
  });

  it('asks the edition of the language that the author or the input names', async () => {
    const { port } = new URL(server.url);
    const hosts: string[] = [];
    // The name server leads every edition here, and hears which was asked for.
    const open = createOpen({ allow: [`en.wiki.example:${port}`, `de.wiki.example:${port}`], ports: [443] }, async (host) => {
      hosts.push(host);
      return ['127.0.0.1'];
    });
    const settings = { endpoints: { wikipedia: `http://{language}.wiki.example:${port}` } };
    const at = { ...context(settings), services: { ...services(settings), open } };
    const asked = async (language: string | ((input: { in?: string }) => string | undefined) | undefined, input: { in?: string } = {}) => {
      hosts.length = 0;
      const found = await wikipedia<{ in?: string }>({ query: () => 'Eckmühl', ...(language ? { language } : {}) }).search(input, at);
      expect(found.map(({ title }) => title)).toEqual(['Eckmühl Lighthouse']);
      return new Set(hosts);
    };
    const ofInput = (input: { in?: string }) => input.in;
    expect(await asked(undefined)).toEqual(new Set(['en.wiki.example']));
    expect(await asked('de')).toEqual(new Set(['de.wiki.example']));
    expect(await asked(ofInput, { in: 'de' })).toEqual(new Set(['de.wiki.example']));
    expect(await asked(ofInput)).toEqual(new Set(['en.wiki.example']));
    await expect(asked(ofInput, { in: 'evil.example/' })).rejects.toThrow(/'evil\.example\/' is no edition of Wikipedia/);
    expect(hosts).toEqual([]);
  });

  it('is at wikipedia.org where nothing else is said, in the language that is asked for', async () => {
    const hosts: string[] = [];
    const open = createOpen({ allow: [], ports: [443] }, async (host) => {
      hosts.push(host);
      throw new Error('no network here');
    });
    const at = { ...context(), services: { ...services(), open } };
    await expect(wikipedia({ query: () => 'x', language: 'pt-br' }).search({}, at)).rejects.toThrow(/no network here/);
    expect(hosts).toEqual(['pt-br.wikipedia.org']);
  });

  it('refuses an edition that is no name', () => {
    expect(() => wikipedia({ language: 'evil.example/' })).toThrow(/no edition/);
  });
});

describe('gathering', () => {
  const passage = (source: string, n: number, text = `${source} ${n}`): Passage => ({
    id: `${source}_${n}`,
    source,
    title: source,
    text,
    at: '2026-01-01T00:00:00.000Z',
    trust: 'untrusted',
  });
  const fixed = (name: string, passages: Passage[]): Source => ({ name, place: 'local', search: async () => passages });
  const down: Source = {
    name: 'down',
    place: 'regular',
    search: async () => {
      throw new SourceUnavailable('down: set DOWN_KEY');
    },
  };

  it('takes turns between the sources, and a short list leaves its turns to the others', async () => {
    const a = fixed(
      'a',
      [1, 2, 3, 4, 5, 6].map((n) => passage('a', n)),
    );
    const b = fixed('b', [passage('b', 1)]);
    const found = await gather([a, b], {}, context({}, { keep: 4 }));
    expect(found.passages.map((one) => one.id)).toEqual(['a_1', 'b_1', 'a_2', 'a_3']);
    expect(found.sources).toEqual([
      { source: 'a', status: 'answered', passages: 6 },
      { source: 'b', status: 'answered', passages: 1 },
    ]);
  });

  it('leaves out what came before, by id or by its words', async () => {
    const found = await gather(
      [fixed('a', [passage('a', 1, 'Same  text')]), fixed('b', [passage('b', 1, 'same text'), passage('b', 2)])],
      {},
      context(),
    );
    expect(found.passages.map((one) => one.id)).toEqual(['a_1', 'b_2']);
  });

  it('names the source that cannot answer and goes on with the others', async () => {
    const found = await gather([down, fixed('empty', []), fixed('a', [passage('a', 1)])], {}, context());
    expect(found.passages).toHaveLength(1);
    expect(found.sources).toEqual([
      { source: 'down', status: 'unavailable', passages: 0, note: 'down: set DOWN_KEY' },
      { source: 'empty', status: 'empty', passages: 0 },
      { source: 'a', status: 'answered', passages: 1 },
    ]);
  });

  it('gives no passage and all the reports when every source is away', async () => {
    expect(await gather([down], {}, context())).toEqual({
      passages: [],
      sources: [{ source: 'down', status: 'unavailable', passages: 0, note: 'down: set DOWN_KEY' }],
      cost_usd: 0,
    });
  });

  it('ends when it is cancelled, though a source never does', async () => {
    const stop = new AbortController();
    const work = gather(
      [{ name: 'deaf', place: 'regular', search: () => new Promise(() => undefined) }],
      {},
      context({}, { signal: stop.signal }),
    );
    stop.abort(new Error('cancelled by the run'));
    await expect(work).rejects.toThrow('cancelled by the run');
  });

  it('searches our own knowledge by the fields that hold a question, and by what was missing', async () => {
    await importDocuments(db, [
      { id: '1', title: 'Shipping', content: 'Parcels to Iceland take nine days.' },
      { id: '2', title: 'Gift cards', content: 'A gift card is valid for three years.' },
      { id: '3', title: 'Staff', content: 'Parcels of staff are free.', collection: 'internal' },
    ]);
    const source = knowledge<{ question: string }>({ collection: 'default' });
    const found = await gather([source], { question: 'parcel to Iceland' }, context({}, { missing: ['how long is a gift card valid'] }));
    expect(found.passages.map((one) => one.title).toSorted()).toEqual(['Gift cards', 'Shipping']);
    expect(found.passages.every((one) => one.trust === 'ours' && one.source === 'knowledge')).toBe(true);
    expect((await gather([knowledge()], { nothing: 1 }, context())).sources[0]).toMatchObject({
      status: 'unavailable',
      note: expect.stringContaining('give the source a `query`'),
    });
  });
});

describe('the signed webhook', () => {
  const secret = `whsec_${Buffer.from('a secret of some length, 24+').toString('base64')}`;
  const calls: { headers: IncomingMessage['headers']; body: string }[] = [];
  let reply = { status: 200, body: '{"id":"m1"}' };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      calls.push({ headers: request.headers, body });
      response.writeHead(reply.status, { location: '/elsewhere' }).end(reply.body);
    });
  });
  let address = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  });
  afterAll(() => {
    server.close();
  });
  const effect = (secrets: Record<string, string>): EffectContext => ({
    key: 'eff_1',
    run_id: 'run_1',
    step: 'send',
    signal: new AbortController().signal,
    services: services({ secrets }),
  });
  const send = webhook<{ text: string }, { id: string }>({ url_env: 'DESK_URL', secret_env: 'DESK_SECRET' });
  const sent = (secrets: Record<string, string> = { DESK_URL: address, DESK_SECRET: secret }) => send({ text: 'hello' }, effect(secrets));

  it('sends what the receiver can verify, under the key of the effect', async () => {
    reply = { status: 201, body: '{"id":"m1"}' };
    expect(await sent()).toEqual({ id: 'm1' });
    const call = calls.at(-1);
    expect(call?.headers).toMatchObject({ 'webhook-id': 'eff_1', 'idempotency-key': 'eff_1', 'content-type': 'application/json' });
    expect(new Webhook(secret).verify(call?.body ?? '', call?.headers as Record<string, string>)).toEqual({
      type: 'effect.send',
      run_id: 'run_1',
      data: { text: 'hello' },
    });
    await sent();
    expect(calls.at(-1)?.body).toBe(call?.body);
  });

  it('counts a 409 that says so as done, and no other', async () => {
    reply = { status: 409, body: '{"status":"already_done","output":{"id":"m1"}}' };
    expect(await sent()).toEqual({ id: 'm1' });
    reply = { status: 409, body: '{"error":"locked"}' };
    await expect(sent()).rejects.toMatchObject({ code: 'effect_failed', message: expect.stringContaining('HTTP 409') });
  });

  it.each([
    [500, ''],
    [400, '{}'],
    [302, ''],
    [200, '<html>'],
  ])('fails on status %i with %j', async (status, body) => {
    reply = { status, body };
    const before = calls.length;
    await expect(sent()).rejects.toMatchObject({ code: 'effect_failed' });
    expect(calls).toHaveLength(before + 1);
  });

  it('names the setting that is absent or wrong', async () => {
    await expect(sent({})).rejects.toThrow('set DESK_URL');
    await expect(sent({ DESK_URL: address })).rejects.toThrow('set DESK_SECRET');
    await expect(sent({ DESK_URL: 'file:///etc/passwd', DESK_SECRET: secret })).rejects.toThrow('DESK_URL is no http(s) address');
    await expect(sent({ DESK_URL: address, DESK_SECRET: '§§§' })).rejects.toThrow('DESK_SECRET is no Standard Webhooks secret');
  });
});
