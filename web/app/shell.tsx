import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { followEvents, useLive } from '../api/live.ts';
import { meQuery, missingQuery } from '../api/queries.ts';
import { KeysIcon, MoonIcon, NewIcon, QueueIcon, RunsIcon, SunIcon } from '../parts/icons.tsx';
import { useWide } from '../parts/wide.ts';
import { HelpDialog } from './help-dialog.tsx';
import { useKey } from './keys.ts';
import css from './shell.module.css';
import { SignInPage } from './sign-in-page.tsx';
import { useSignedOut } from './signed-out.ts';

const places = [
  { to: '/', label: 'Queue', Icon: QueueIcon, also: '/reviews' },
  { to: '/runs', label: 'Runs', Icon: RunsIcon, also: '/runs' },
  { to: '/new', label: 'New ticket', Icon: NewIcon, also: '/new' },
];

export function Shell() {
  const [help, setHelp] = useState(false);
  const signedOut = useSignedOut();
  const isWide = useWide();
  const user = useQuery(meQuery()).data?.name;
  useEffect(() => (signedOut ? undefined : followEvents()), [signedOut]);
  useKey('?,shift+?', () => setHelp(true));
  if (signedOut) return <SignInPage />;
  return (
    <>
      <a className={css.skip} href="#main">
        Skip to content
      </a>
      <header className={css.bar}>
        <Link to="/" className={css.brand} aria-label="trimtab">
          <img src="/favicon.svg" width={22} height={22} alt="" />
          <span className={css.word}>trimtab</span>
        </Link>
        <Places />
        <span className={css.spring} />
        <Live />
        {user && <span className={css.user}>{user}</span>}
        <button
          type="button"
          className={`${css.icon} ${css.keysButton}`}
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts ( ? )"
          onClick={() => setHelp(true)}
        >
          <KeysIcon />
        </button>
        <SchemeButton />
      </header>
      <Missing />
      <main id="main" className={css.main} tabIndex={-1}>
        <Suspense fallback={null}>
          <Outlet />
        </Suspense>
      </main>
      {/* Inside the router: what is told has links. On a phone the bottom belongs to the buttons. */}
      <Notifications position={isWide ? 'bottom-right' : 'top-center'} limit={4} />
      <HelpDialog opened={help} close={() => setHelp(false)} />
    </>
  );
}

function Places() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  useKey('1', () => void navigate('/'));
  useKey('2', () => void navigate('/runs'));
  useKey('3', () => void navigate('/new'));
  return (
    <nav className={css.nav} aria-label="Pages">
      {places.map(({ to, label, Icon, also }) => {
        const here = pathname === to || pathname.startsWith(also);
        return (
          <NavLink key={to} to={to} className={here ? `${css.link} ${css.here}` : css.link} aria-current={here ? 'page' : undefined}>
            <Icon />
            {label}
          </NavLink>
        );
      })}
    </nav>
  );
}

const liveWords = { connecting: 'Connecting', live: 'Live', polling: 'Reconnecting' };
function Live() {
  const live = useLive();
  const title =
    live === 'live' ? 'Changes show as they happen.' : 'The live connection is down: this page asks every 10 seconds until it is back.';
  return (
    <output className={live === 'live' ? css.live : `${css.live} ${css.waiting}`} title={title}>
      <span className={css.dot} aria-hidden />
      <span className={css.liveWord}>{liveWords[live]}</span>
    </output>
  );
}

/** A queue that looks alive while nothing works on it would be a lie. */
function Missing() {
  const { data, isError } = useQuery(missingQuery());
  // A server that does not answer is said by its live connection; what it said before may be old.
  if (isError || data === undefined || data.missing.length === 0) return null;
  const parts = data.missing.join('; ');
  return (
    <output className={css.missing} data-missing title={parts}>
      <strong>Work stands still: </strong>
      {parts}.{' '}
      {data.stores
        ? 'Decisions and new tickets are stored and go on when it is back.'
        : 'Nothing can be stored until it is back. What you have written stays in this page.'}
    </output>
  );
}

function SchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  return (
    <button
      type="button"
      className={css.icon}
      aria-label={dark ? 'Use light colours' : 'Use dark colours'}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}
