import css from './file-list.module.css';
import { addressOf, filesIn, isShown, kilobytes } from './files.ts';

/** The files of a value: images to look at, others to save. What they are called and hold is a customer's: an image never runs, and nothing opens by itself. */
export function Files({ value }: { value: unknown }) {
  const files = filesIn(value);
  if (files.length === 0) return null;
  return (
    <ul className={css.files} aria-label="Files">
      {files.map((file, n) => {
        const url = addressOf(file);
        return (
          // oxlint-disable-next-line react/no-array-index-key -- the same file may come twice, and the list does not change
          <li key={n}>
            {isShown(file) && <img src={url} alt={file.name} />}
            <a href={url} download={file.name}>
              {file.name}
            </a>{' '}
            <span className="quiet">{kilobytes(file)} kB</span>
          </li>
        );
      })}
    </ul>
  );
}
