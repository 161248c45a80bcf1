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

/**
 * Mantine's own dialog puts its title in a `<header>`, which outside `<main>` is a second banner of the page. It closes at
 * once: a key that follows Esc is meant for the page behind it, and one lost there makes letters of a sentence into commands.
 */
export function Dialog({ opened, close, title, size = 'md', children }: Props) {
  return (
    <Modal.Root opened={opened} onClose={close} size={size} centered transitionProps={{ duration: 90, exitDuration: 0 }}>
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
