import { useState } from 'react';
import css from './file-list.module.css';
import { addressOf, filesIn, isShown, kilobytes, type File } from './files.ts';

/** The files of a value: images to look at, others to save. What they are called and hold is a customer's: an image never runs, and nothing opens by itself. */
export function Files({ value }: { value: unknown }) {
  const files = filesIn(value);
  if (files.length === 0) return null;
  return (
    <ul className={css.files} aria-label="Files">
      {files.map((file, n) => (
        // oxlint-disable-next-line react/no-array-index-key -- the same file may come twice, and the list does not change
        <FileItem key={n} file={file} />
      ))}
    </ul>
  );
}

/** Small at first, so that a picture hides neither the text nor the next file. */
function FileItem({ file }: { file: File }) {
  const [large, setLarge] = useState(false);
  const url = addressOf(file);
  return (
    <li className={large ? css.large : undefined}>
      {isShown(file) && (
        <button
          type="button"
          className={css.picture}
          aria-pressed={large}
          title={large ? 'Smaller' : 'Larger'}
          onClick={() => setLarge(!large)}
        >
          <img src={url} alt={file.name} />
        </button>
      )}
      <a href={url} download={file.name}>
        {file.name}
      </a>{' '}
      <span className="quiet">{kilobytes(file)} kB</span>
    </li>
  );
}
