import type { Column, Relation, Scope } from '../../sql/scope';
import { quoteName, SqlError, unsupported } from '../../sql/sqlError';
import { sameType, typeText } from '../../sql/sqlType';
import { textOf, translateQuery } from '../../sql/translate';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { checkRows, stage, stageRelation } from '../dml/stage';
import { notWritable } from '../objectErrors';
import type { SqlResult } from '../session';
import { addPhysical, beginRows } from '../rowVersions';
import { columnNamed, typeOf, type StoredColumn, type StoredTable } from '../storedTable';
import { commitWrite, counts, nextVersion } from '../tableWrite';
import { copyFiles, readClauses, type CopyClauses } from './clauses';
import { filesToCopy, loadedFiles, rememberFiles } from './files';
import { byPosition } from './positions';
import { copySource } from './source';

/** How many rows VALIDATE shows. */
const previewRows = 50;

/**
 * COPY INTO table FROM files. A file that was loaded into the table is left out from then on, also
 * when its content changed, unless 'force' is set. What was loaded is remembered in the transaction
 * of the rows. A column takes only its own type, as the sources of Databricks do not say which other
 * ones it casts: the statement's SELECT has to.
 */
export async function copyInto(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('COPY', 'INTO');
	const table = nextVersion(await context.table(cursor.name(), 'COPY INTO'));
	if (table.kind !== 'MANAGED') throw notWritable(table);
	const clauses = readClauses(cursor);
	const all = await filesToCopy(context.place.volumesRoot, clauses);
	const loaded = await loadedFiles(context, table);
	const files = clauses.force ? all : all.filter(({ path }) => !loaded.has(path));
	const isValidation = clauses.validate !== undefined;
	if (isValidation && files.length < all.length) {
		throw unsupported('VALIDATE of files of which some were loaded before');
	}
	if (files.length === 0) {
		context.discard();
		return result(0);
	}
	const read = await copySource(context, files, clauses);
	const source = await columnsFor(context, table, read, clauses);
	const added = await addColumns(context, table, source.columns, clauses);
	const rows = await stageRelation(context, table, source, (column) =>
		sourceOf(source, column, clauses),
	);
	await checkRows(context, table);
	if (clauses.validate !== undefined) {
		context.discard();
		return await preview(context, table, Math.min(clauses.validate, previewRows));
	}
	await beginRows(context.transaction, table, 'insert', stage, 'new');
	const fresh = files.filter(({ path }) => !loaded.has(path));
	await rememberFiles(context, table, fresh);
	await commitWrite(context, table, {
		operation: 'COPY INTO',
		parameters: {},
		metrics: { numFiles: 1, numOutputRows: rows },
		isBlindAppend: true,
		changesRows: true,
		files: 'append',
		stateChanged: added,
	});
	return result(rows);
}

const result = (rows: number) =>
	counts('COPY', {
		num_affected_rows: rows,
		num_inserted_rows: rows,
		num_skipped_corrupt_files: 0,
	});

/** The rows of the files under the names of the table's columns. */
async function columnsFor(
	context: Context,
	table: StoredTable,
	files: Relation,
	{ query, positions }: CopyClauses,
): Promise<Relation> {
	if (positions !== undefined) return byPosition(table, files, positions);
	return query === undefined ? files : await selected(context, files, query);
}

/** The statement's SELECT over the files. */
async function selected(context: Context, files: Relation, query: string): Promise<Relation> {
	const { scope } = context;
	const around: Scope = {
		table: async (name, at) =>
			name.length === 1 && name[0] === copyFiles ? files : await scope.table(name, at),
		tableFunction: async (...call) => await scope.tableFunction(...call),
		async routine(name) {
			const found = await scope.routine?.(name);
			if (found === undefined) return undefined;
			throw unsupported(`the function ${name.join('.')} of a user in COPY INTO`);
		},
		parameters: scope.parameters,
		session: scope.session,
		now: scope.now,
	};
	return await translateQuery(query, around);
}

/** Columns that the table does not have: an error, or with 'mergeSchema' new ones at its end. */
async function addColumns(
	context: Context,
	table: StoredTable,
	columns: readonly Column[],
	{ mergeSchema }: CopyClauses,
): Promise<boolean> {
	const unknown = columns.filter(
		({ name, hidden }) => hidden !== true && columnNamed(table.state, name) === undefined,
	);
	if (unknown.length === 0) return false;
	if (!mergeSchema) {
		const list = unknown.map(({ name, type }) => `${name}: ${typeText(type)}`).join(', ');
		const name = quoteName([table.catalog, table.schema, table.name]);
		const text = `A schema mismatch was detected while copying into the Delta table (Table: ${name}).\nThis may indicate an issue with the incoming data, or the Delta table schema can be evolved automatically according to the incoming data by setting:\nCOPY_OPTIONS ('mergeSchema' = 'true')\nSchema difference:\nthe table has no ${list}`;
		throw new SqlError('COPY_INTO_SCHEMA_MISMATCH_WITH_TARGET_TABLE', '42KDG', text);
	}
	for (const { name, type } of unknown) {
		const column = { name, type: typeText(type), nullable: true };
		const physical = await addPhysical(context.transaction, table, column);
		table.state.columns.push({ ...column, physical });
	}
	return true;
}

/** The column of the files that a column of the table takes: the one of its name and type. */
function sourceOf(
	source: Relation,
	column: StoredColumn,
	{ positions }: CopyClauses,
): Column | undefined {
	const wanted = column.name.toLowerCase();
	const found = source.columns.filter(({ name }) => name.toLowerCase() === wanted);
	const [only] = found;
	if (only === undefined) {
		if (column.defaultExpression === undefined || positions !== undefined) return undefined;
		throw unsupported(`COPY INTO without the column ${column.name}, which has a default`);
	}
	if (found.length > 1) throw unsupported(`COPY INTO with two columns ${column.name}`);
	const type = typeOf(column);
	const isText = type.kind === 'varchar' && only.type.kind === 'string';
	if (isText || sameType(only.type, type)) return only;
	throw unsupported(
		`COPY INTO of ${typeText(only.type)} into ${column.name} of the type ${typeText(type)} without a CAST in its SELECT`,
	);
}

async function preview(context: Context, table: StoredTable, limit: number): Promise<SqlResult> {
	const { columns } = table.state;
	const list = columns.map((column) => textOf(column.physical, typeOf(column))).join(', ');
	return {
		columns: columns.map((column) => ({
			name: column.name,
			type: typeOf(column),
			nullable: true,
		})),
		rows: await context.transaction.rows(`SELECT ${list} FROM ${stage} LIMIT ${limit}`),
		statementType: 'COPY',
	};
}
