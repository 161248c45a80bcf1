import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import css from './dialog.module.css';

interface Props {
  opened: boolean;
  close(): void;
  title: string;
  size?: 'sm' | 'md';
  children: ReactNode;
}

/** Mantine's own dialog puts its title in a `<header>`, which outside `<main>` is a second banner of the page. */
export function Dialog({ opened, close, title, size = 'md', children }: Props) {
  return (
    <Modal.Root opened={opened} onClose={close} size={size} centered transitionProps={{ duration: 90 }}>
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content>
        <div className={css.head}>
          <Modal.Title className={css.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
