import { queryOf } from '../sql/parser/parse';
import type { FromItem, Query } from '../sql/parser/syntax';
import { SqlError } from '../sql/sqlError';

export interface ReferenceInText {
	/** As it is written: one to three parts. */
	parts: string[];
	/** Read by `STREAM(…)` or `STREAM …`. */
	stream: boolean;
}

export interface QueryReads {
	tables: ReferenceInText[];
	/** Table functions that are read as a stream, in lower case: read_files. */
	streamedFunctions: string[];
}

/**
 * The tables that a query reads, no CTEs. A query that is not understood reads nothing: its dataset
 * fails by itself, with the place of the error.
 */
export function tablesReadBy(query: string): QueryReads {
	const reads: QueryReads = { tables: [], streamedFunctions: [] };
	try {
		visit(queryOf(query), new Set());
	} catch (error) {
		if (!(error instanceof SqlError)) throw error;
	}
	return reads;

	function visit(node: unknown, ctes: ReadonlySet<string>): void {
		if (Array.isArray(node)) return node.forEach((each) => visit(each, ctes));
		if (typeof node !== 'object' || node === null) return;
		if (isQuery(node)) return visitQuery(node, ctes);
		if (isItem(node, 'table')) {
			const { name, stream } = node;
			if (!Array.isArray(name)) return;
			const isCte = name.length === 1 && ctes.has(name[0]?.toLowerCase() ?? '');
			if (!isCte) reads.tables.push({ parts: name, stream });
			return;
		}
		if (isItem(node, 'tableFunction') && node.stream) {
			reads.streamedFunctions.push(node.name.join('.').toLowerCase());
		}
		Object.values(node).forEach((each) => visit(each, ctes));
	}

	/** A CTE is known to those after it and to the query itself. */
	function visitQuery({ ctes, ...rest }: Query, outer: ReadonlySet<string>): void {
		const known = new Set(outer);
		for (const cte of ctes) {
			visit(cte.query, known);
			known.add(cte.name.toLowerCase());
		}
		visit(Object.values(rest), known);
	}
}

const isQuery = (node: object): node is Query => 'kind' in node && node.kind === 'query';

function isItem<K extends 'table' | 'tableFunction'>(
	node: object,
	kind: K,
): node is FromItem & { kind: K } {
	return 'kind' in node && node.kind === kind;
}
