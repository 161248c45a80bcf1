import type { ReactNode } from 'react';
import css from './markdown.module.css';

const allowed = new Set(['http:', 'https:', 'mailto:']);

/** The address if it is one that may be followed; null for `javascript:`, `data:`, relative and malformed ones. */
export function safeUrl(href: string): URL | null {
  try {
    const url = new URL(href);
    return allowed.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** A link out of untrusted text: its true host is always shown, and it gets no handle on this page. */
export function SafeLink({ href, children }: { href: string; children: ReactNode }) {
  const url = safeUrl(href);
  if (!url)
    return (
      <>
        {children} <span className={css.inert}>(link removed: {href.slice(0, 60)})</span>
      </>
    );
  const host = url.protocol === 'mailto:' ? url.pathname : url.host;
  return (
    <>
      <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
      {children !== host && <span className={css.host}> ({host})</span>}
    </>
  );
}
