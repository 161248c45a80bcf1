import { Button, JsonInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useHotkeys } from 'react-hotkeys-hook';
import { useNavigate } from 'react-router';
import { newKey, startRun } from '../api/calls.ts';
import { problemOf, type Problem } from '../api/problem.ts';
import { ProblemView } from '../parts/problem-view.tsx';
import type { File as Attached } from '../parts/files.ts';
import { FilesField } from './files-field.tsx';
import { FormField } from './form-field.tsx';
import { emptyOf, fieldsOf, inputOf, type Field } from './input-fields.ts';
import { forgetInput, keepInput, keptInput } from './kept-input.ts';
import css from './new-page.module.css';
import { mailIn } from './pasted-mail.ts';
import { sum } from './picked-files.ts';

/** Tickets need an id of the help desk; one that is pasted here gets one of its own. */
const newTicketId = (): string => `web-${newKey().slice(0, 8)}`;

export function InputForm({ chain, schema }: { chain: string; schema: unknown }) {
  const fields = useMemo(() => fieldsOf(schema), [schema]);
  const ticket = fields !== null && ['id', 'from', 'subject', 'body'].every((name) => fields.some((field) => field.name === name));
  const [typed] = useState(() => keptInput(chain));
  const [values, setValues] = useState(() => ({ ...(ticket ? { id: newTicketId() } : {}), ...typed?.values }) as Record<string, string>);
  const [json, setJson] = useState(() => typed?.json ?? JSON.stringify(emptyOf(schema), null, 2));
  // Of files nothing is kept: they are too large for what a tab may store.
  const [files, setFiles] = useState<Record<string, readonly Attached[]>>({});
  const { start, problem, busy } = useStart(chain);
  useEffect(() => keepInput(chain, { values, json }), [chain, values, json]);
  const put = (name: string, value: string): void => {
    const mail = ticket && name === 'body' && value.length > (values['body'] ?? '').length + 20 ? mailIn(value) : null;
    setValues((old) => ({ ...old, [name]: value, ...mail }));
  };
  const submit = (): void => {
    try {
      start(fields ? inputOf(fields, values, files) : JSON.parse(json));
    } catch (error) {
      start(null, problemOf(new SyntaxError(`The input is not JSON: ${error instanceof Error ? error.message : ''}`)));
    }
  };
  useHotkeys(
    'mod+enter',
    (event) => {
      event.preventDefault();
      submit();
    },
    { enableOnFormTags: true },
  );
  const pathOf = ({ pointer }: Problem['errors'][number]): string[] =>
    pointer
      .replace(/^\/input/, '')
      .split('/')
      .slice(1);
  /** What is wrong at a field; of files, with the name of the one. */
  const errorAt = (name: string): string | undefined =>
    problem?.errors
      .filter((error) => pathOf(error)[0] === name)
      .map((error) => {
        const file = files[name]?.[Number(pathOf(error)[1] ?? 0)];
        return file ? `${file.name}: ${error.detail}` : error.detail;
      })
      .join(', ') || undefined;
  const known = new Set((fields ?? []).map((field) => field.name));
  const loose = problem && problem.errors.every((error) => known.has(pathOf(error)[0] ?? '')) && problem.errors.length > 0 ? null : problem;
  return (
    <form
      className={css.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {fields ? (
        (ticket ? arranged(fields) : fields).map(({ kind, ...field }) =>
          kind === 'file' || kind === 'files' ? (
            <FilesField
              key={field.name}
              field={{ ...field, kind }}
              files={files[field.name] ?? []}
              other={sum(Object.entries(files).flatMap(([name, all]) => (name === field.name ? [] : all)))}
              error={errorAt(field.name)}
              put={(picked) => setFiles((old) => ({ ...old, [field.name]: picked }))}
            />
          ) : (
            <FormField
              key={field.name}
              field={{ ...field, kind }}
              ticket={ticket}
              value={values[field.name] ?? ''}
              error={errorAt(field.name)}
              put={(value) => put(field.name, value)}
            />
          ),
        )
      ) : (
        <JsonInput label="Input as JSON" autosize minRows={8} value={json} onChange={setJson} />
      )}
      {loose && <ProblemView error={loose} />}
      <div className={css.foot}>
        <Button type="submit" loading={busy}>
          Start
        </Button>
        <span className="quiet">or Ctrl+Enter; then you see it run</span>
      </div>
    </form>
  );
}

const order = ['body', 'subject', 'from', 'customer_id', 'id'];
const arranged = (fields: Field[]): Field[] =>
  fields.toSorted((a, b) => ((order.indexOf(a.name) + 9) % 9) - ((order.indexOf(b.name) + 9) % 9));

/** Start a run and go to its page. The same input sent again after a failure carries the same key, so that it starts once. */
function useStart(chain: string) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const last = useRef({ body: '', key: '' });
  const start = (input: unknown, early?: Problem): void => {
    setProblem(early ?? null);
    if (early || busy) return;
    const body = JSON.stringify(input);
    if (last.current.body !== body) last.current = { body, key: newKey() };
    setBusy(true);
    startRun(chain, input, last.current.key)
      .then((run) => {
        forgetInput(chain);
        queries.setQueryData(['run', run.id], run);
        void queries.invalidateQueries({ queryKey: ['runs'] });
        return navigate(`/runs/${run.id}`);
      })
      .catch((error: unknown) => setProblem(problemOf(error)))
      .finally(() => setBusy(false));
  };
  return { start, problem, busy };
}
