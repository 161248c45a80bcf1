/**
 * What a worker loads once for all workflows, and freezes, instead of anew for each: the loop and its adapter, which keep nothing at the level of a
 * module. A chain's own code is still each workflow's own. Of what a waiting run held in memory, 250 KiB, the copies were two fifths.
 */
import './dispatch.ts';
import './index.ts';

/**
 * Temporal's SDK takes a stack trace of every promise in its sandbox, for a query that shows where a workflow waits, which our records do. With ten
 * frames each, those were two fifths more. The frame that is left is the place where an error was thrown.
 */
Error.stackTraceLimit = 1;
