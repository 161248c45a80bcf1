import { Input } from '@mantine/core';
import { useId, useRef, useState } from 'react';
import { kilobytes, type File as Attached } from '../parts/files.ts';
import type { Field } from './input-fields.ts';
import css from './new-page.module.css';
import { pick, takesInWords } from './picked-files.ts';

interface Props {
  field: Field;
  files: readonly Attached[];
  /** kB in other fields of the form. */ other: number;
  error: string | undefined;
  put(files: Attached[]): void;
}

/** The browser's own picker, which a keyboard reaches, and a list of what was picked. */
export function FilesField({ field, files, other, error, put }: Props) {
  const [refused, setRefused] = useState<string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const [id, words] = [useId(), useId()];
  const { takes = { most: 1, types: [] } } = field;
  const add = async (picked: readonly File[]): Promise<void> => {
    const next = await pick(takes, { had: takes.most === 1 ? [] : files, picked, other });
    setRefused(next.refused);
    if (next.files.length > 0) put(next.files);
  };
  const remove = (gone: Attached): void => {
    put(files.filter((file) => file !== gone));
    setRefused([]);
    input.current?.focus();
  };
  const wrong = [...refused, ...(error === undefined ? [] : [error])];
  return (
    <div>
      <Input.Label htmlFor={id} required={field.required && takes.most === 1}>
        {field.name.replaceAll('_', ' ')}
      </Input.Label>
      <Input.Description id={words}>{[field.description, takesInWords(takes)].filter(Boolean).join('. ')}</Input.Description>
      <input
        ref={input}
        id={id}
        type="file"
        className={css.picker}
        accept={takes.types.join(',')}
        multiple={takes.most > 1}
        aria-describedby={words}
        aria-invalid={wrong.length > 0}
        onChange={(event) => {
          const picked = [...(event.currentTarget.files ?? [])];
          // Emptied, so that the same file can be picked again after it was removed.
          event.currentTarget.value = '';
          void add(picked);
        }}
      />
      {files.length > 0 && (
        <ul className={css.picked} aria-label={`Picked: ${field.name.replaceAll('_', ' ')}`}>
          {files.map((file, n) => (
            // oxlint-disable-next-line react/no-array-index-key -- the same file may be picked twice
            <li key={n}>
              {file.name} <span className="quiet">{kilobytes(file)} kB</span>{' '}
              <button type="button" aria-label={`Remove ${file.name}`} onClick={() => remove(file)}>
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
      <div role="alert">
        {wrong.map((each) => (
          <Input.Error key={each}>{each}</Input.Error>
        ))}
      </div>
    </div>
  );
}
