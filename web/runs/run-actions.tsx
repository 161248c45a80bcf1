import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { cancelRun, retryRun } from '../api/calls.ts';
import { problemOf } from '../api/problem.ts';
import { Dialog } from '../parts/dialog.tsx';
import type { Run } from '../api/shapes.ts';

const failed = (error: unknown): void => {
  const { title, message, next } = problemOf(error);
  notifications.show({
    title,
    message: `${message} ${next}`,
    color: 'red',
    autoClose: false,
    closeButtonProps: { 'aria-label': 'Dismiss' },
  });
};

export function RunActions({ run }: { run: Run }) {
  const queries = useQueryClient();
  const [sure, setSure] = useState(false);
  const refresh = (): void => {
    void queries.invalidateQueries({ queryKey: ['run', run.id] });
    void queries.invalidateQueries({ queryKey: ['runs'] });
  };
  const retry = useMutation({ mutationFn: () => retryRun(run.id), onError: failed, onSettled: refresh });
  const cancel = useMutation({
    mutationFn: () => cancelRun(run.id),
    onError: failed,
    onSettled: () => {
      setSure(false);
      refresh();
    },
  });
  const open = run.status === 'running' || run.status === 'waiting' || run.status === 'blocked';
  return (
    <>
      {run.status === 'blocked' && (
        <Button size="xs" loading={retry.isPending} onClick={() => retry.mutate()}>
          Retry
        </Button>
      )}
      {open && (
        <Button size="xs" variant="default" onClick={() => setSure(true)}>
          Cancel run
        </Button>
      )}
      <Dialog opened={sure} close={() => setSure(false)} title="Cancel this run?" size="sm">
        <Text size="sm">What it has done stays on the record. A question to a person is withdrawn. It cannot go on afterwards.</Text>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={() => setSure(false)}>
            Keep it
          </Button>
          <Button loading={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel the run
          </Button>
        </Group>
      </Dialog>
    </>
  );
}
