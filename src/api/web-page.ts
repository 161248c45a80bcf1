import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { TrimtabError } from '../errors.ts';
import type { Api } from './route.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json',
};

/** Scripts come from us alone; styles may be inline, because the component library writes them. No page may frame us. */
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The built page: its files, and its first page for every other address of it. Hashed files are kept for ever, the rest is asked for again. */
export function webPage(api: Api, folder: string): void {
  const root = resolve(folder);
  api.get('*', (context) => {
    const found = fileFor(root, context.req.path);
    if (found === null) throw new TrimtabError('not_found', `there is no page ${context.req.path}`);
    const headers = {
      'content-type': types[extname(found)] ?? 'application/octet-stream',
      'content-security-policy': policy,
      'cache-control': found.includes(`${root}/assets/`) ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (found.endsWith('.html')) return context.body(readFileSync(found, 'utf8'), 200, headers);
    return context.body(Readable.toWeb(createReadStream(found)) as ReadableStream, 200, headers);
  });
}

/** The file of an address, never outside the page's folder. Null: the address is no text, or the page was not built. */
function fileFor(root: string, path: string): string | null {
  const isFile = (file: string): boolean => existsSync(file) && statSync(file).isFile();
  let wanted: string;
  try {
    wanted = normalize(decodeURIComponent(path)).replace(/^[/\\]+/, '');
  } catch {
    return null;
  }
  const file = join(root, wanted);
  const found = file.startsWith(root + sep) && isFile(file) ? file : join(root, 'index.html');
  return isFile(found) ? found : null;
}
