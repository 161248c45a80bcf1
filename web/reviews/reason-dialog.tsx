import { Button, Group, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Review } from '../api/shapes.ts';
import { Dialog } from '../parts/dialog.tsx';
import { keep, kept } from './kept-text.ts';

export type Asking = 'reject' | 'respond';

const words = {
  reject: {
    title: 'Reject this draft',
    call: 'Do not make this call',
    label: 'What is wrong with it?',
    hint: 'The model is told your reason, and it stays on the record.',
    send: 'Reject',
    missing: 'Say what is wrong: the model is told just that.',
  },
  respond: {
    title: 'Ask for another draft',
    call: 'Answer instead of making this call',
    label: 'What should be different?',
    hint: 'For example: mention that the return label is free.',
    send: 'Ask again',
    missing: 'Say what the next draft should do differently.',
  },
};

interface Props {
  asking: Asking | null;
  review: Review;
  close(): void;
  send(decision: Asking, words: string): void;
}

export function ReasonDialog({ asking, review, close, send }: Props) {
  return (
    <Dialog opened={asking !== null} close={close} title={asking ? words[asking][review.kind === 'tool' ? 'call' : 'title'] : ''}>
      {asking && <ReasonForm key={asking} asking={asking} id={review.id} close={close} send={send} />}
    </Dialog>
  );
}

function ReasonForm({
  asking,
  id,
  close,
  send,
}: {
  asking: Asking;
  id: string;
  close(): void;
  send(decision: Asking, words: string): void;
}) {
  const [text, setText] = useState(() => kept(id, asking) ?? '');
  const [missing, setMissing] = useState(false);
  const { label, hint, send: verb, missing: complaint } = words[asking];
  const submit = (): void => {
    if (text.trim() === '') setMissing(true);
    else send(asking, text.trim());
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Textarea
        dir="auto"
        label={label}
        description={hint}
        required
        autosize
        minRows={3}
        maxRows={12}
        data-autofocus
        value={text}
        error={missing && text.trim() === '' ? complaint : null}
        onChange={(event) => {
          setText(event.currentTarget.value);
          keep(id, asking, event.currentTarget.value || null);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            submit();
          }
        }}
      />
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit">{verb}</Button>
      </Group>
    </form>
  );
}
