import type { ToolDetails, ToolKey, ToolRecord } from '../domain/tool-record.ts';

/** A page of a namespace's tools. */
export interface ToolPage {
  readonly namespace: string;
  /** Tools whose id comes after this one; empty: from the first. */
  readonly afterToolId: string;
  readonly limit: number;
}

/** Tools. A write is all or nothing. */
export interface ToolStore {
  /** Puts a tool in the place of whatever had its id. */
  put(key: ToolKey, details: ToolDetails): Promise<{ readonly tool: ToolRecord; readonly created: boolean }>;
  get(key: ToolKey): Promise<ToolRecord | undefined>;
  /** In the order of their ids. */
  list(page: ToolPage): Promise<readonly ToolRecord[]>;
  /** False: there was no such tool. */
  remove(key: ToolKey): Promise<boolean>;
}
