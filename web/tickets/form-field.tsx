import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import type { Field } from './input-fields.ts';

const ticketWords: Record<string, { label: string; description?: string; placeholder?: string }> = {
  body: { label: 'Ticket', description: 'Paste the message. From: and Subject: lines at its top fill the fields below.' },
  from: { label: 'From', placeholder: 'name@example.com' },
  subject: { label: 'Subject' },
  customer_id: { label: 'Customer id', description: 'Looks up orders. From your help desk, never from the text of the ticket.' },
  id: { label: 'Ticket id' },
};

interface Props {
  field: Field & { kind: Exclude<Field['kind'], 'file' | 'files'> };
  ticket: boolean;
  value: string;
  error: string | undefined;
  put(value: string): void;
}

export function FormField({ field, ticket, value, error, put }: Props) {
  const words = (ticket ? ticketWords[field.name] : undefined) ?? {
    label: field.name.replaceAll('_', ' '),
    description: field.description,
  };
  const shared = { ...words, required: field.required, error, value, dir: 'auto' };
  switch (field.kind) {
    case 'long':
      return <Textarea {...shared} autosize minRows={ticket ? 8 : 4} maxRows={24} onChange={(event) => put(event.currentTarget.value)} />;
    case 'choice':
      return (
        <NativeSelect
          {...shared}
          data={field.required ? field.choices : ['', ...field.choices]}
          onChange={(event) => put(event.currentTarget.value)}
        />
      );
    case 'boolean':
      return (
        <Checkbox
          label={words.label}
          description={words.description}
          error={error}
          checked={value === 'true'}
          onChange={(event) => put(String(event.currentTarget.checked))}
        />
      );
    case 'number':
      return <TextInput {...shared} inputMode="decimal" onChange={(event) => put(event.currentTarget.value)} />;
    case 'line':
      return <TextInput {...shared} onChange={(event) => put(event.currentTarget.value)} />;
  }
}
