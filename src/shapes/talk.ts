/** A call that a model asked for. `misfit`: why it cannot be made, in words for the model. */
export interface WantedCall {
  tool: string;
  arguments: unknown;
  misfit: string | null;
}

/** What the model is told of a call. `note`: what a person changed, or that it was answered before. */
export interface ToolResult {
  output: unknown;
  error: string | null;
  note?: string;
}

/** One turn of a model that asked for calls: what it said beside them, and what it was told of each. */
export interface TalkTurn {
  text: string;
  calls: WantedCall[];
  results: ToolResult[];
}
