import { useRouteError } from 'react-router';
import { ProblemView } from '../parts/problem-view.tsx';
import css from './shell.module.css';

/** A bug of this page, or a part of it that could not be loaded after an upgrade. */
export function CrashPage() {
  return (
    <main className={css.signIn}>
      <h1>This page stopped</h1>
      <ProblemView error={useRouteError()} retry={() => location.reload()} />
    </main>
  );
}
