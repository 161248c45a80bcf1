import { Files } from '../parts/file-list.tsx';
import { ValueText } from '../parts/value-text.tsx';
import { spoken, ValueView } from '../parts/value-view.tsx';
import css from './input-view.module.css';
import { askedIn, besidesIn } from './review-facts.ts';

interface Props {
  input: unknown;
  /** Its members that this page shows somewhere else. */ elsewhere: readonly string[];
  /** Spans of its text to mark. */ quotes?: string[];
}

/** What came in, as it came in: plain text, never Markdown, with what was given beside it. */
export function InputView({ input, elsewhere, quotes = [] }: Props) {
  const { body } = askedIn(input, '');
  const { plain, nested } = besidesIn(input, elsewhere);
  return (
    <div className={css.input}>
      <Besides plain={plain} nested={nested} />
      <ValueText value={body ?? input} quotes={quotes} />
      <Files value={input} />
    </div>
  );
}

/** Above the text, where a long one does not hide it; what is built of several opens. */
function Besides({ plain, nested }: ReturnType<typeof besidesIn>) {
  const lists = Object.entries(nested);
  const any = Object.keys(plain).length > 0;
  if (!any && lists.length === 0) return null;
  return (
    <div className={css.besides}>
      {any && <ValueView value={plain} />}
      {lists.map(([name, value]) => (
        <details key={name}>
          <summary>
            {spoken(name)}
            {Array.isArray(value) ? ` (${value.length})` : ''}
          </summary>
          <ValueView value={value} />
        </details>
      ))}
    </div>
  );
}
