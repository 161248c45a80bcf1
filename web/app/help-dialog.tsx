import { Kbd, Switch } from '@mantine/core';
import { Dialog } from '../parts/dialog.tsx';
import { setSingleKeys, useSingleKeys } from './keys.ts';
import css from './shell.module.css';

const groups = [
  {
    title: 'Move',
    keys: [
      ['J', 'next item; in the list of runs the next run, in a trace the next attempt'],
      ['K', 'the one before'],
      ['Enter', 'open the run, or open and close the attempt'],
      ['/', 'filter the list'],
      ['Esc', 'leave the filter, the editor or a dialog'],
    ],
  },
  {
    title: 'Decide',
    keys: [
      ['A', 'approve, or save the edit and approve'],
      ['E', 'edit the draft'],
      ['Ctrl Enter', 'in the editor: save and approve (⌘ on a Mac)'],
      ['R', 'reject with a reason'],
      ['C', 'ask for another draft with a hint'],
    ],
  },
  {
    title: 'Everywhere',
    keys: [
      ['1', 'queue'],
      ['2', 'runs'],
      ['3', 'new ticket'],
      ['?', 'this help'],
    ],
  },
] as const;

export function HelpDialog({ opened, close }: { opened: boolean; close(): void }) {
  const on = useSingleKeys();
  return (
    <Dialog opened={opened} close={close} title="Keyboard">
      <Switch
        label="Single-key shortcuts"
        description="Switch off if you dictate or use keys for something else. Ctrl Enter and Esc stay."
        checked={on}
        onChange={(event) => setSingleKeys(event.currentTarget.checked)}
      />
      {groups.map(({ title, keys }) => (
        <table key={title} className={css.keys}>
          <caption>{title}</caption>
          <tbody>
            {keys.map(([key, does]) => (
              <tr key={key}>
                <td>
                  {key.split(' ').map((part) => (
                    <Kbd key={part} mr={4}>
                      {part}
                    </Kbd>
                  ))}
                </td>
                <td>{does}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </Dialog>
  );
}
