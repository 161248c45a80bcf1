import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/tokens.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { client } from './api/queries.ts';
import { CrashPage } from './app/crash-page.tsx';
import { returnToPlace } from './app/return-place.ts';
import { Shell } from './app/shell.tsx';
import { SignInPage } from './app/sign-in-page.tsx';
import { theme, variables } from './app/theme.ts';
import { Empty } from './parts/problem-view.tsx';
import { QueuePage } from './reviews/queue-page.tsx';

const RunsPage = lazy(async () => ({ default: (await import('./runs/runs-page.tsx')).RunsPage }));
const RunPage = lazy(async () => ({ default: (await import('./runs/run-page.tsx')).RunPage }));
const NewPage = lazy(async () => ({ default: (await import('./tickets/new-page.tsx')).NewPage }));

returnToPlace();
const Nothing = (): null => null;
const router = createBrowserRouter([
  { path: '/sign-in-needed', element: <SignInPage /> },
  {
    element: <Shell />,
    errorElement: <CrashPage />,
    children: [
      // One page under two addresses, so that moving between items keeps the list, its filter and what is under way.
      {
        element: <QueuePage />,
        children: [
          { path: '/', Component: Nothing },
          { path: '/reviews/:id', Component: Nothing },
        ],
      },
      { path: '/runs', element: <RunsPage /> },
      { path: '/runs/:id', element: <RunPage /> },
      { path: '/new', element: <NewPage /> },
      {
        path: '*',
        element: (
          <Empty title="There is no such page">
            <a href="/">Go to the queue</a>
          </Empty>
        ),
      },
    ],
  },
]);
const scheme = localStorageColorSchemeManager({ key: 'trimtab-scheme' });

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} colorSchemeManager={scheme} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
