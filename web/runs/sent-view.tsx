import { record } from '../parts/record.ts';
import { ValueText } from '../parts/value-text.tsx';
import css from './trace.module.css';

interface Message {
  role: string;
  content: unknown;
}
const isMessage = (value: unknown): value is Message => typeof record(value)?.['role'] === 'string' && 'content' in (value as object);

/** What went over the wire: messages by role where there are some, the rest as JSON. */
export function Sent({ sent }: { sent: unknown }) {
  const fields = record(sent);
  const messages = Array.isArray(sent) ? sent : fields?.['messages'];
  if (!Array.isArray(messages) || !messages.every(isMessage)) return <ValueText value={sent} />;
  const { messages: _, ...rest } = fields ?? {};
  return (
    <>
      {messages.map((message, i) => (
        <div key={i}>
          <p className={css.role}>{message.role}</p>
          <ValueText value={message.content} />
        </div>
      ))}
      {Object.keys(rest).length > 0 && (
        <>
          <p className={css.role}>settings</p>
          <ValueText value={rest} />
        </>
      )}
    </>
  );
}
