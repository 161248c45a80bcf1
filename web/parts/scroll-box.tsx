import type { ReactNode } from 'react';

interface Props {
  label: string;
  className?: string | undefined;
  dir?: 'auto' | undefined;
  children: ReactNode;
}

/** A box whose content may scroll. It takes the focus, or a keyboard could not scroll it (WCAG 2.1.1). */
export function ScrollBox({ label, className, dir, children }: Props) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role
    <div role="group" tabIndex={0} aria-label={label} className={className} dir={dir}>
      {children}
    </div>
  );
}
