import { Button } from '@mantine/core';
import { useLayoutEffect } from 'react';
import { client } from '../api/queries.ts';
import { forgetPlace, keepPlace } from './return-place.ts';
import css from './shell.module.css';

/** A page that came from a spent link goes to the queue, the others stay where they are. */
function lookAgain(): void {
  if (location.pathname === '/sign-in-needed') location.assign('/');
  else void client.refetchQueries();
}

export function SignInPage() {
  // Before it is seen: whoever opens the link at once must find the place kept.
  useLayoutEffect(() => {
    keepPlace();
    // Signed in again without leaving: the place is still on the screen.
    return location.pathname === '/sign-in-needed' ? undefined : forgetPlace;
  }, []);
  const used = new URLSearchParams(location.search).get('reason') === 'link';
  return (
    <main className={css.signIn}>
      <h1>You need to sign in</h1>
      <p>
        {used
          ? 'That link was used before or is too old: each works once.'
          : 'There is no valid session in this browser. trimtab has no passwords: you sign in with a link that works once.'}
      </p>
      <p>
        Open the link that <strong>trimtab printed when it started</strong>, or make a new one in its terminal and open that:
      </p>
      <pre>
        <code>npx trimtab user invite NAME</code>
      </pre>
      <p className="quiet">
        NAME is you: your decisions carry it. Text that you typed in this tab is kept; open the link in this tab to come back to it.
      </p>
      <div>
        <Button variant="default" onClick={lookAgain}>
          I have signed in, look again
        </Button>
      </div>
    </main>
  );
}
