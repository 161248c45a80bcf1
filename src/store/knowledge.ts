export { readDocuments, type KnowledgeDocument } from './knowledge-files.ts';
export { importDocuments } from './knowledge-import.ts';
export { searchKnowledge } from './knowledge-search.ts';
