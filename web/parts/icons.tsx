import type { ReactNode } from 'react';

/** Line icons on a 16-pixel grid. They decorate a text and are silent for screen readers. */
const drawn = (shape: ReactNode) =>
  function Icon({ size = 16 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden
        focusable="false"
      >
        {shape}
      </svg>
    );
  };

export const QueueIcon = drawn(<path d="M2 9.5 4 3.5h8l2 6v3.5H2zM2 9.5h3.5l1 1.5h3l1-1.5H14" />);
export const RunsIcon = drawn(<path d="M3 3.5h4M3 8h8M6 12.5h7" />);
export const NewIcon = drawn(<path d="M8 3v10M3 8h10" />);
export const SunIcon = drawn(
  <path d="M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />,
);
export const MoonIcon = drawn(<path d="M13.5 9.5A5.8 5.8 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7Z" />);
export const KeysIcon = drawn(<path d="M1.8 4h12.4v8H1.8zM4.5 7h.01M7 7h.01M9.5 7h.01M12 7h.01M5.5 9.7h5" />);
export const BackIcon = drawn(<path d="M9.5 3.5 5 8l4.5 4.5" />);
export const CheckIcon = drawn(<path d="m3 8.5 3.2 3.2L13 4.8" />);
export const CrossIcon = drawn(<path d="m4 4 8 8M12 4l-8 8" />);
export const AskIcon = drawn(<path d="M6 6a2 2 0 1 1 2.8 1.8c-.5.3-.8.7-.8 1.3v.4M8 12h.01" />);
export const LinkIcon = drawn(<path d="M6.5 3.5H3.2v9.3h9.3V9.5M9 3h4v4M13 3 7.5 8.5" />);
