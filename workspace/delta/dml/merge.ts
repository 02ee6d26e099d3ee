import { storeTo, translateExpression, translateQuery } from '../../sql/translate';
import { physicalName, type Column } from '../../sql/scope';
import { SqlError, unsupported } from '../../sql/sqlError';
import { sqlName } from '../../sql/stringLiteral';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { SqlResult } from '../session';
import { beginRows, endRows } from '../rowVersions';
import { typeOf } from '../storedTable';
import { commitWrite, counts } from '../tableWrite';
import { assignedValue } from './assignments';
import { readMergeClauses, type MergeAction, type MergeClause } from './mergeClauses';
import { checkRows, columnOf, defaultOf, stage } from './stage';
import { readAlias, readTargetTable, type Target } from './target';

interface Source {
	alias: string;
	columns: Column[];
	/** FROM item, called `alias`, with `__source` numbering its rows. */
	rows: string;
}

/**
 * MERGE INTO target USING source ON condition WHEN …. Source rows that match no row and have the
 * same key are all inserted; two source rows that would change one row are an error.
 * @throws SqlError DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE
 */
export async function merge(context: Context, cursor: Cursor): Promise<SqlResult> {
	cursor.expect('MERGE');
	const evolves = cursor.accept('WITH', 'SCHEMA', 'EVOLUTION');
	cursor.expect('INTO');
	const target = await readTargetTable(context, cursor, 'MERGE', ['USING']);
	cursor.expect('USING');
	const source = await readSource(context, cursor);
	if (source.alias.toLowerCase() === target.alias.toLowerCase()) {
		throw unsupported('MERGE with target and source of one name; give one of them an alias');
	}
	cursor.expect('ON');
	const condition = cursor.until('WHEN').trim();
	const clauses = readMergeClauses(cursor, target.table, target.alias);
	if (evolves) mustNotEvolve(target, source);
	const merging = new Merging(context, target, source, clauses);
	await merging.pair(condition);
	await merging.mustBeUnambiguous();
	return await merging.apply(condition);
}

/** WITH SCHEMA EVOLUTION is an ordinary MERGE while source and target have the same columns. */
function mustNotEvolve(target: Target, source: Source): void {
	const names = (columns: readonly { name: string }[]): string[] =>
		columns.map(({ name }) => name.toLowerCase()).sort();
	const [own, other] = [names(target.table.state.columns), names(source.columns)];
	if (own.join() === other.join()) return;
	throw unsupported('MERGE WITH SCHEMA EVOLUTION from a source with other columns');
}

/** `name`, `(query)` or a table function, with its alias; its rows are read once. */
async function readSource(context: Context, cursor: Cursor): Promise<Source> {
	const mark = cursor.position;
	const isQuery = cursor.sees('(');
	const parts = isQuery ? [] : cursor.name();
	if (!isQuery && cursor.sees('(')) cursor.inParentheses();
	const text = isQuery ? cursor.inParentheses() : `SELECT * FROM ${cursor.textSince(mark)}`;
	const alias = readAlias(cursor, ['ON']) ?? parts.at(-1) ?? '__source_query';
	const query = await translateQuery(text, context.scope);
	const columns = query.columns.map((column, at) => ({ ...column, physical: `s${at}` }));
	const list = query.columns.map((column, at) => `"q".${sqlName(physicalName(column))} AS s${at}`);
	await context.transaction.run(
		`CREATE OR REPLACE TEMP TABLE "merge_source" AS
			SELECT ${[...list, 'row_number() OVER () AS "__source"'].join(', ')} FROM ${query.sql} AS "q"`,
	);
	return { alias, columns, rows: 'temp.main."merge_source"' };
}

class Merging {
	private readonly t: string;
	private readonly s: string;

	constructor(
		private readonly context: Context,
		private readonly target: Target,
		private readonly source: Source,
		private readonly clauses: readonly MergeClause[],
	) {
		this.t = sqlName(target.alias);
		this.s = sqlName(source.alias);
	}

	/** Finds which rows match which, and by which clause each is to be changed. */
	async pair(condition: string): Promise<void> {
		const { transaction } = this.context;
		const { target, source, t, s } = this;
		const on = (await this.translate(condition, 'matched')).sql;
		await transaction.run(
			`CREATE OR REPLACE TEMP TABLE "merge_matched" AS
				SELECT ${t}."__row", ${s}."__source", ${await this.clauseOf('matched')} AS "__clause"
				FROM ${target.rows} AS ${t} JOIN ${source.rows} AS ${s} ON ${on}`,
		);
		await transaction.run(
			`CREATE OR REPLACE TEMP TABLE "merge_new" AS
				SELECT ${s}."__source", ${await this.clauseOf('notMatched')} AS "__clause"
				FROM ${source.rows} AS ${s}
				WHERE ${s}."__source" NOT IN (SELECT "__source" FROM "merge_matched")`,
		);
		await transaction.run(
			`CREATE OR REPLACE TEMP TABLE "merge_left" AS
				SELECT ${t}."__row", ${await this.clauseOf('notMatchedBySource')} AS "__clause"
				FROM ${target.rows} AS ${t}
				WHERE ${t}."__row" NOT IN (SELECT "__row" FROM "merge_matched")`,
		);
	}

	/** One row may be deleted twice by a single unconditional DELETE, but nothing else. */
	async mustBeUnambiguous(): Promise<void> {
		const matched = this.clauses.filter(({ when }) => when === 'matched');
		const [only] = matched;
		const onlyDeletes = only?.action.kind === 'delete' && only.condition === undefined;
		if (matched.length === 1 && onlyDeletes) return;
		const twice = await this.context.transaction.count(
			`SELECT count(*) FROM (SELECT "__row" FROM "merge_matched" WHERE "__clause" IS NOT NULL
				GROUP BY "__row" HAVING count(*) > 1)`,
		);
		if (twice === 0) return;
		throw new SqlError(
			'DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE',
			'21506',
			'Cannot perform Merge as multiple source rows matched and attempted to modify the same\n' +
				'target row in the Delta table in possibly conflicting ways. By SQL semantics of Merge,\n' +
				'when multiple source rows match on the same target row, the result may be ambiguous\n' +
				'as it is unclear which source row should be used to update or delete the matching\n' +
				'target row. You can preprocess the source table to eliminate the possibility of\n' +
				'multiple matches. Please refer to\n' +
				'https://docs.delta.io/latest/delta-update.html#upsert-into-a-table-using-merge',
		);
	}

	async apply(condition: string): Promise<SqlResult> {
		const { transaction } = this.context;
		const { table } = this.target;
		await this.stageValues();
		await checkRows(this.context, table);
		const deletes = this.numbersOf('delete').map(
			({ list, number }) => `SELECT "__row" FROM ${list} WHERE "__clause" = ${number}`,
		);
		const inserted = await transaction.count(`SELECT count(*) FROM ${stage} WHERE "__row" IS NULL`);
		const updates = await this.countBy('update');
		const removals = await this.countBy('delete');
		const updated = updates.matched + updates.left;
		const deleted = removals.matched + removals.left;
		if (inserted + updated + deleted === 0) this.context.discard();
		if (deletes.length > 0) {
			const which = `"__row" IN (${deletes.join(' UNION ALL ')})`;
			await endRows(transaction, table, 'delete', which);
		}
		await endRows(transaction, table, 'update', `"__row" IN (SELECT "__row" FROM ${stage})`);
		const kept = `(SELECT * FROM ${stage} WHERE "__row" IS NOT NULL)`;
		await beginRows(transaction, table, 'update', kept, 'kept');
		const added = `(SELECT * FROM ${stage} WHERE "__row" IS NULL)`;
		await beginRows(transaction, table, 'insert', added, 'new');
		await commitWrite(this.context, table, {
			operation: 'MERGE',
			parameters: this.parameters(condition),
			metrics: {
				numSourceRows: await transaction.count(`SELECT count(*) FROM ${this.source.rows}`),
				numTargetRowsInserted: inserted,
				numTargetRowsUpdated: updated,
				numTargetRowsDeleted: deleted,
				numTargetRowsMatchedUpdated: updates.matched,
				numTargetRowsMatchedDeleted: removals.matched,
				numTargetRowsNotMatchedBySourceUpdated: updates.left,
				numTargetRowsNotMatchedBySourceDeleted: removals.left,
				numTargetRowsCopied: 0,
				numOutputRows: inserted + updated,
				numTargetChangeFilesAdded: 0,
			},
			isBlindAppend: false,
			changesRows: true,
			files: inserted > 0 && updated + deleted === 0 ? 'append' : 'same',
		});
		return counts('MERGE', {
			num_affected_rows: inserted + updated + deleted,
			num_updated_rows: updated,
			num_deleted_rows: deleted,
			num_inserted_rows: inserted,
		});
	}

	/** Puts the new values of updated and inserted rows on the stage; `__row` is NULL for new rows. */
	private async stageValues(): Promise<void> {
		const { table } = this.target;
		const { transaction } = this.context;
		const physical = table.state.columns.map((column) => `${column.physical}`);
		const types = ['NULL::BIGINT AS "__row"', ...physical].join(', ');
		await transaction.run(
			`CREATE OR REPLACE TEMP TABLE "stage" AS SELECT ${types} FROM ${this.target.rows} WHERE FALSE`,
		);
		for (const [index, { when, action }] of this.clauses.entries()) {
			if (action.kind === 'delete') continue;
			const values = await this.values(action, when);
			const row = when === 'notMatched' ? 'NULL' : `${this.t}."__row"`;
			await transaction.run(
				`INSERT INTO "stage" SELECT ${[row, ...values].join(', ')}
					FROM ${this.from(when)} WHERE "m"."__clause" = ${index}
					${when === 'notMatched' ? 'ORDER BY "m"."__source"' : ''}`,
			);
		}
	}

	private async values(action: MergeAction, when: MergeClause['when']): Promise<string[]> {
		if (action.kind === 'delete') return [];
		const { table } = this.target;
		const values: string[] = [];
		for (const column of table.state.columns) {
			const key = column.name.toLowerCase();
			if (action.values === 'all') {
				const from = this.source.columns.find(({ name }) => name.toLowerCase() === key);
				if (from === undefined) throw this.noSourceColumn(column.name, action.kind);
				const value = columnOf(this.source.alias, from);
				values.push(storeTo(value, from.type, typeOf(column), column.name));
				continue;
			}
			const text = action.values.get(key);
			if (text !== undefined) {
				const relations = this.relationsOf(when);
				values.push(await assignedValue(this.context, column, text, relations));
			} else if (when === 'notMatched') values.push(await defaultOf(this.context, column));
			else values.push(`${this.t}.${column.physical}`);
		}
		return values;
	}

	private noSourceColumn(column: string, kind: string): SqlError {
		const known = this.source.columns.map(({ name }) => name).join(', ');
		const text = `Cannot resolve ${column} in ${kind.toUpperCase()} * clause given columns ${known}.`;
		return new SqlError('DELTA_MERGE_UNRESOLVED_EXPRESSION', '42601', text);
	}

	private from(when: MergeClause['when']): string {
		const target = `JOIN ${this.target.rows} AS ${this.t} ON ${this.t}."__row" = "m"."__row"`;
		const source = `JOIN ${this.source.rows} AS ${this.s} ON ${this.s}."__source" = "m"."__source"`;
		if (when === 'matched') return `"merge_matched" AS "m" ${target} ${source}`;
		return when === 'notMatched' ? `"merge_new" AS "m" ${source}` : `"merge_left" AS "m" ${target}`;
	}

	private relationsOf(when: MergeClause['when']): { alias: string; columns: Column[] }[] {
		const source = { alias: this.source.alias, columns: this.source.columns };
		if (when === 'matched') return [this.target.relation, source];
		return when === 'notMatched' ? [source] : [this.target.relation];
	}

	private async translate(text: string, when: MergeClause['when']) {
		return await translateExpression(text, this.context.scope, this.relationsOf(when));
	}

	/** The first clause of a kind whose condition a row meets, by its place among all clauses. */
	private async clauseOf(when: MergeClause['when']): Promise<string> {
		const cases: string[] = [];
		for (const [index, clause] of this.clauses.entries()) {
			if (clause.when !== when) continue;
			const condition =
				clause.condition === undefined
					? 'TRUE'
					: (await this.translate(clause.condition, when)).sql;
			cases.push(`WHEN ${condition} THEN ${index}`);
		}
		return cases.length === 0 ? 'NULL::INTEGER' : `CASE ${cases.join(' ')} END`;
	}

	private numbersOf(kind: MergeAction['kind']): { list: string; number: number }[] {
		return this.clauses.flatMap(({ when, action }, number) => {
			if (action.kind !== kind || when === 'notMatched') return [];
			return [{ list: when === 'matched' ? '"merge_matched"' : '"merge_left"', number }];
		});
	}

	private async countBy(kind: MergeAction['kind']): Promise<{ matched: number; left: number }> {
		const total = { matched: 0, left: 0 };
		for (const { list, number } of this.numbersOf(kind)) {
			const sql = `SELECT count(DISTINCT "__row") FROM ${list} WHERE "__clause" = ${number}`;
			const rows = await this.context.transaction.count(sql);
			total[list === '"merge_matched"' ? 'matched' : 'left'] += rows;
		}
		return total;
	}

	private parameters(condition: string): Record<string, string> {
		const predicates = (when: MergeClause['when']) =>
			JSON.stringify(
				this.clauses
					.filter((clause) => clause.when === when)
					.map((clause) => ({
						...(clause.condition === undefined ? {} : { predicate: `(${clause.condition})` }),
						actionType: clause.action.kind,
					})),
			);
		return {
			predicate: JSON.stringify([`(${condition})`]),
			matchedPredicates: predicates('matched'),
			notMatchedPredicates: predicates('notMatched'),
			notMatchedBySourcePredicates: predicates('notMatchedBySource'),
		};
	}
}
