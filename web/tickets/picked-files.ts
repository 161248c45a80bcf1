import { kilobytes, type File as Attached } from '../parts/files.ts';
import type { Takes } from './input-fields.ts';

/** A request may have 1 MiB, and bytes grow by a third on their way. */
const mostKilobytes = 750;
const kinds: Record<string, string> = {
  'image/png': 'PNG',
  'image/jpeg': 'JPEG',
  'image/gif': 'GIF',
  'image/webp': 'WebP',
  'application/pdf': 'PDF',
};

/** `PNG, JPEG or PDF`. */
function kindsOf(types: readonly string[]): string {
  const names = types.map((type) => kinds[type] ?? type);
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : (names[0] ?? '');
}

/** In words for who picks: `PNG, JPEG or PDF, 3 files at most, 750 kB together`. */
export function takesInWords({ most, types }: Takes): string {
  const count = most === 1 ? 'one file' : most === Infinity ? '' : `${most} files at most`;
  return [kindsOf(types), count, `${mostKilobytes} kB${most === 1 ? '' : ' together'}`].filter(Boolean).join(', ');
}

/**
 * The files that were picked beside those that are there. What cannot be taken is left out, and `refused` says why, one sentence a file.
 * `other`: kB in other fields of the form.
 */
export async function pick(
  takes: Takes,
  { had, picked, other }: { had: readonly Attached[]; picked: readonly File[]; other: number },
): Promise<{ files: Attached[]; refused: string[] }> {
  const files = [...had];
  const refused: string[] = [];
  let taken = other + sum(files);
  for (const file of picked) {
    const size = Math.round(file.size / 1_000);
    if (!takes.types.includes(file.type)) refused.push(`${file.name} was left out: pick ${kindsOf(takes.types)}`);
    else if (file.size === 0) refused.push(`${file.name} is empty`);
    else if (files.length >= takes.most) refused.push(`${file.name} is one more than ${takes.most}`);
    else if (taken + size > mostKilobytes)
      refused.push(
        taken === 0
          ? `${file.name} has ${size} kB, and ${mostKilobytes} kB is the most`
          : `${file.name} has ${size} kB, and of ${mostKilobytes} kB for all files ${mostKilobytes - taken} kB are left`,
      );
    else {
      const data = await base64Of(file).catch(() => null);
      if (data === null) refused.push(`${file.name} cannot be read`);
      else {
        files.push({ name: file.name.slice(-200), media_type: file.type, data });
        taken += size;
      }
    }
  }
  return { files, refused };
}

export const sum = (files: readonly Attached[]): number => files.reduce((total, file) => total + kilobytes(file), 0);

/** The bytes after the comma of a data URL. */
const base64Of = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result).split(',')[1] ?? ''));
    reader.addEventListener('error', () => reject(reader.error ?? new Error('it cannot be read')));
    reader.readAsDataURL(file);
  });
