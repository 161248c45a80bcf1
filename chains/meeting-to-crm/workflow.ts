import { workflow } from 'trimtab/workflow';
import type { meetingToCrm as definition } from './definition.ts';

export const meetingToCrm = workflow<typeof definition>(async (meeting, { extract, approve, write }) => {
  const proposed = await extract({ meeting });
  // Nobody has to look at nothing.
  const final = proposed.updates.length === 0 ? proposed : await approve(proposed);
  if (final.updates.length === 0) return { id: null, written: 0 };
  return write({ meeting_id: meeting.id, updates: final.updates });
});
