/** Who did something. `id` tells a key and a person of one name apart: `user:ada`, `key_…`; the command line and trimtab itself have none. */
export interface Who {
  id: string | null;
  name: string;
}

/** As a sentence names them. */
export const called = ({ id, name }: Who): string => (id?.startsWith('key_') ? `the key '${name}'` : name);
