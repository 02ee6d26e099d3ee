import { unsupported } from '../../sql/sqlError';
import { typeText, type SqlType } from '../../sql/sqlType';
import type { Cursor } from '../cursor';
import { columnExists } from '../objectErrors';
import { readClone, type CloneOf } from './cloneDefinition';

export interface ColumnDefinition {
	name: string;
	type: SqlType;
	nullable: boolean;
	defaultExpression?: string;
	comment?: string;
}

export interface TableDefinition {
	name: string[];
	replace: boolean;
	ifNotExists: boolean;
	/** Absent when the columns come from the query. */
	columns?: ColumnDefinition[];
	constraints: { name: string; expression: string }[];
	partitionBy: string[];
	clusterBy: string[];
	comment?: string;
	properties: Record<string, string>;
	query?: string;
	/** The table whose columns it gets. */
	like?: string[];
	/** The table that it is a clone of. */
	clone?: CloneOf;
}

/** Reads what follows CREATE [OR REPLACE] TABLE. */
export function readTableDefinition(cursor: Cursor, replace: boolean): TableDefinition {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const definition: TableDefinition = {
		name: cursor.name(),
		replace,
		ifNotExists,
		constraints: [],
		partitionBy: [],
		clusterBy: [],
		properties: {},
	};
	if (cursor.accept('LIKE')) definition.like = cursor.name();
	const clone = readClone(cursor);
	if (clone !== undefined) return { ...definition, clone };
	if (cursor.sees('(')) readColumns(cursor, definition);
	while (!cursor.atEnd && readClause(cursor, definition)) continue;
	if (definition.like !== undefined) cursor.expectEnd();
	cursor.accept('AS');
	if (!cursor.atEnd) definition.query = cursor.rest();
	return definition;
}

function readColumns(cursor: Cursor, definition: TableDefinition): void {
	const columns: ColumnDefinition[] = [];
	cursor.list(() => {
		if (cursor.accept('CONSTRAINT')) {
			const name = cursor.identifier();
			if (!cursor.accept('CHECK')) throw unsupported('PRIMARY KEY and FOREIGN KEY constraints');
			definition.constraints.push({ name, expression: cursor.inParentheses() });
			return;
		}
		if (cursor.sees('PRIMARY', 'KEY') || cursor.sees('FOREIGN', 'KEY')) {
			throw unsupported('PRIMARY KEY and FOREIGN KEY constraints');
		}
		columns.push(readColumn(cursor));
	});
	mustDiffer(columns.map((column) => column.name));
	definition.columns = columns;
}

/** `name type [NOT NULL] [DEFAULT expression] [COMMENT 'text']`, the options in any order. */
export function readColumn(cursor: Cursor): ColumnDefinition {
	const name = cursor.identifier();
	const column: ColumnDefinition = { name, type: columnType(cursor), nullable: true };
	for (;;) {
		if (cursor.accept('NOT', 'NULL')) column.nullable = false;
		else if (cursor.accept('COMMENT')) column.comment = cursor.string();
		else if (cursor.accept('DEFAULT')) {
			column.defaultExpression = cursor.until(',', ')', 'COMMENT', 'NOT', 'FIRST', 'AFTER');
		} else break;
	}
	for (const word of ['GENERATED', 'PRIMARY', 'REFERENCES', 'CONSTRAINT', 'MASK', 'COLLATE']) {
		if (cursor.sees(word)) throw unsupported(`the column option ${word}`);
	}
	return column;
}

/** What Unity Catalog calls a collated type, and how it is stored, is not known. */
export function mustBePlain(type: SqlType): void {
	if (holds(type, 'collated')) {
		throw unsupported(`columns of the type ${typeText(type)}; use STRING`);
	}
}

/**
 * The type of a column. CHAR would have to be padded and be compared with padding, and the length of
 * a VARCHAR is checked for whole columns only: both are refused rather than stored otherwise.
 */
export function columnType(cursor: Cursor): SqlType {
	const type = cursor.type();
	if (holds(type, 'char')) throw unsupported(`columns of the type ${typeText(type)}; use STRING`);
	mustBePlain(type);
	if (type.kind !== 'varchar' && holds(type, 'varchar')) {
		throw unsupported(`VARCHAR inside of a column's type ${typeText(type)}; use STRING`);
	}
	return type;
}

export function holds(type: SqlType, kind: SqlType['kind']): boolean {
	if (type.kind === kind) return true;
	if (type.kind === 'array') return holds(type.element, kind);
	if (type.kind === 'map') return holds(type.key, kind) || holds(type.value, kind);
	return type.kind === 'struct' && type.fields.some((field) => holds(field.type, kind));
}

function readClause(cursor: Cursor, definition: TableDefinition): boolean {
	if (cursor.accept('USING')) {
		const format = cursor.identifier();
		if (format.toLowerCase() !== 'delta') throw unsupported(`tables in the format ${format}`);
	} else if (cursor.accept('COMMENT')) definition.comment = cursor.string();
	else if (cursor.accept('TBLPROPERTIES') || cursor.accept('OPTIONS')) {
		Object.assign(definition.properties, cursor.properties());
	} else if (cursor.accept('PARTITIONED', 'BY')) {
		definition.partitionBy = cursor.list(() => cursor.identifier());
	} else if (cursor.accept('CLUSTER', 'BY')) definition.clusterBy = readClusterBy(cursor);
	else if (cursor.sees('DEFAULT', 'COLLATION')) throw unsupported('DEFAULT COLLATION');
	else if (cursor.sees('LOCATION')) throw unsupported('tables with a LOCATION of their own');
	else return false;
	return true;
}

/** `(columns)`, NONE or AUTO, which chooses none here. */
export function readClusterBy(cursor: Cursor): string[] {
	if (cursor.accept('NONE') || cursor.accept('AUTO')) return [];
	return cursor.list(() => cursor.name().join('.'));
}

/** @throws SqlError COLUMN_ALREADY_EXISTS when two names differ in letter case at most */
export function mustDiffer(names: readonly string[]): void {
	const seen = new Set<string>();
	for (const name of names) {
		if (seen.has(name.toLowerCase())) throw columnExists(name);
		seen.add(name.toLowerCase());
	}
}
