import { createHash, randomBytes } from 'node:crypto';

/** 160 random bits that can be typed into a URL. */
export const newSecret = (): string => randomBytes(20).toString('base64url');

/** What is stored of a secret. They are random and long, so a plain hash is enough. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
