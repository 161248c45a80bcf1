import { useMediaQuery } from '@mantine/hooks';

/** Room for the list and the item side by side. The style sheets turn at the same width. */
export const useWide = (): boolean => useMediaQuery('(min-width: 900px)', undefined, { getInitialValueInEffect: false }) ?? true;
