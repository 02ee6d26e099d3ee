import type { Relation } from '../sql/scope';
import type { StoredTable } from './storedTable';

/** Reads of a stream: what is new since the target's last refresh. */
export interface StreamReader {
	table(table: StoredTable): Promise<Relation>;
	/** Those of the files that were not read before, at most so many of them. */
	newFiles(source: string, files: string[], limit: number): Promise<string[]>;
}
