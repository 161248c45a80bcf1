import { Button } from '@mantine/core';
import { client } from '../api/queries.ts';
import css from './shell.module.css';

export function SignInPage() {
  return (
    <main className={css.signIn}>
      <h1>You need to sign in</h1>
      <p>There is no valid session in this browser. trimtab has no passwords: you sign in with a link that works once.</p>
      <p>Open the link that <strong>trimtab printed when it started</strong>, or make a new one in its terminal and open that:</p>
      <pre><code>npx trimtab user invite NAME</code></pre>
      <p className="quiet">NAME is you: your decisions carry it. Text that you typed in this tab is kept.</p>
      <div><Button variant="default" onClick={() => void client.refetchQueries()}>I have signed in, look again</Button></div>
    </main>
  );
}
