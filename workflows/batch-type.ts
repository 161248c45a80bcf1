/** The workflow type of batches. No chain can be named so. */
export const batchType = 'trimtab.batch';

/** What a batch starts with: its cases are in Postgres. */
export interface BatchArguments {
  batch_id: string;
}
