import { SqlError, unsupported } from '../../sql/sqlError';
import type { Cursor } from '../cursor';
import { mustDiffer } from '../ddl/tableDefinition';
import type { StoredTable } from '../storedTable';
import { readAssignments, targetColumn, type Assignments } from './assignments';

export type MergeAction =
	| { kind: 'delete' }
	/** `all` is SET * and INSERT *: each column takes the source's column of its name. */
	| { kind: 'update' | 'insert'; values: Assignments | 'all' };

export interface MergeClause {
	when: 'matched' | 'notMatched' | 'notMatchedBySource';
	condition?: string;
	action: MergeAction;
}

/** Reads the WHEN clauses of a MERGE up to its end. */
export function readMergeClauses(cursor: Cursor, table: StoredTable, alias: string): MergeClause[] {
	const clauses: MergeClause[] = [];
	while (cursor.accept('WHEN')) {
		const when = readWhen(cursor);
		const condition = cursor.accept('AND') ? cursor.until('THEN').trim() : undefined;
		cursor.expect('THEN');
		const action = readAction(cursor, table, alias, when);
		clauses.push({ when, action, ...(condition === undefined ? {} : { condition }) });
	}
	cursor.expectEnd();
	if (clauses.length === 0) {
		const text = 'There must be at least one WHEN clause in a MERGE statement.';
		throw new SqlError('MERGE_WITHOUT_WHEN', '42601', text);
	}
	mustBeReachable(clauses);
	return clauses;
}

function readWhen(cursor: Cursor): MergeClause['when'] {
	if (cursor.accept('MATCHED')) return 'matched';
	cursor.expect('NOT', 'MATCHED');
	if (cursor.accept('BY', 'SOURCE')) return 'notMatchedBySource';
	cursor.accept('BY', 'TARGET');
	return 'notMatched';
}

function readAction(
	cursor: Cursor,
	table: StoredTable,
	alias: string,
	when: MergeClause['when'],
): MergeAction {
	if (when === 'notMatched') {
		cursor.expect('INSERT');
		if (cursor.accept('*')) return { kind: 'insert', values: 'all' };
		if (!cursor.sees('(')) throw unsupported('MERGE … INSERT without a column list');
		return { kind: 'insert', values: readInsert(cursor, table, alias) };
	}
	if (cursor.accept('DELETE')) return { kind: 'delete' };
	cursor.expect('UPDATE', 'SET');
	if (when === 'matched' && cursor.accept('*')) return { kind: 'update', values: 'all' };
	return { kind: 'update', values: readAssignments(cursor, table, alias, ['WHEN']) };
}

function readInsert(cursor: Cursor, table: StoredTable, alias: string): Assignments {
	const columns = cursor.list(() => targetColumn(cursor.name(), table, alias).name);
	mustDiffer(columns);
	cursor.expect('VALUES');
	const values = cursor.list(() => cursor.until(',', ')').trim());
	if (values.length !== columns.length) {
		const text = `MERGE … INSERT names ${columns.length} columns and gives ${values.length} values.`;
		throw new SqlError('INSERT_COLUMN_ARITY_MISMATCH', '21S01', text);
	}
	return new Map(columns.map((column, at) => [column.toLowerCase(), values[at] ?? '']));
}

/** Only the last clause of each kind may go without a condition. */
function mustBeReachable(clauses: readonly MergeClause[]): void {
	const names = {
		matched: 'NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION',
		notMatched: 'NON_LAST_NOT_MATCHED_BY_TARGET_CLAUSE_OMIT_CONDITION',
		notMatchedBySource: 'NON_LAST_NOT_MATCHED_BY_SOURCE_CLAUSE_OMIT_CONDITION',
	};
	for (const when of ['matched', 'notMatched', 'notMatchedBySource'] as const) {
		const same = clauses.filter((clause) => clause.when === when);
		if (same.slice(0, -1).every(({ condition }) => condition !== undefined)) continue;
		const text =
			'When there are more than one clauses of a kind in a MERGE statement, only the last one ' +
			'can omit its condition.';
		throw new SqlError(names[when], '42601', text);
	}
}
