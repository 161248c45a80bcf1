import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

/** Canonical JSON (RFC 8785). `undefined` counts as null. */
export const canonical = (value: unknown): string => canonicalize(value) ?? 'null';

/** SHA-256 of the canonical JSON, as 32 hex digits (128 bits): equal values, equal hash, on every machine. */
export const hashOf = (value: unknown): string => bytesToHex(sha256(utf8ToBytes(canonical(value)))).slice(0, 32);

/** A number in [0, 1) that depends on nothing but its input. */
export const fraction = (text: string): number => Number.parseInt(hashOf(text).slice(0, 8), 16) / 0x1_0000_0000;

/** The most that a step reads, in bytes of JSON: far more than a model takes, and little enough for one row and one cached workflow. */
export const largestInput = 8 * 1024 * 1024;
export const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

/** Length in UTF-8 bytes. */
export const bytesOf = (text: string): number => utf8ToBytes(text).length;
