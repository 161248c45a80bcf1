import type { InputPart, ToolAnswer } from './provider.ts';

export const isImage = ({ media_type }: InputPart): boolean => media_type.startsWith('image/');
export const dataUrl = ({ media_type, data }: InputPart): string => `data:${media_type};base64,${data}`;

/** OpenAI's formats have no mark for a call that failed. */
export const plainResult = ({ content, is_error }: ToolAnswer): string => (is_error ? `Error: ${content}` : content);
