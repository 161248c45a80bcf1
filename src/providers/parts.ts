import type { InputPart } from './provider.ts';

export const isImage = ({ media_type }: InputPart): boolean => media_type.startsWith('image/');
export const dataUrl = ({ media_type, data }: InputPart): string => `data:${media_type};base64,${data}`;
