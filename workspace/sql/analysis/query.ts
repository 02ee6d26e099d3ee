import { coerce, ordinalWord } from '../casts/coercion';
import type { OrderItem, Query, QueryBody } from '../parser/syntax';
import { quoteName, SqlError, typeMismatch, unsupported } from '../sqlError';
import { duckdbType, typeText, type SqlType } from '../sqlType';
import { sqlName } from '../stringLiteral';
import { commonType, isFloating } from '../types/commonType';
import { once, type Typed } from '../types/typed';
import {
	analyse,
	EMPTY_FRAME,
	type AnalysedQuery,
	type Analysis,
	type Context,
	type Cte,
	type Frame,
	type ResultColumn,
} from './context';
import { positionOf } from './grouping';
import { limitSql } from './limit';
import { checkOrderName, outputNames, type OutputColumn } from './outputs';
import { analyseSelect, contextOver, type AnalysedSelect } from './select';
import { direction, orderSql } from './windows';

/** Analyses a query with its CTEs, ORDER BY and LIMIT. */
export function analyseQuery(
	analyzer: Analysis,
	query: Query,
	outerCtes: ReadonlyMap<string, Cte>,
	outer?: Context,
): AnalysedQuery {
	const ctes = new Map(outerCtes);
	const definitions: string[] = [];
	for (const cte of query.ctes) {
		const result = analyseQuery(analyzer, cte.query, ctes, outer);
		const sqlNameOf = `cte_${analyzer.alias()}`;
		if (cte.columns.length > 0 && cte.columns.length !== result.columns.length) {
			throw new SqlError(
				'ASSIGNMENT_ARITY_MISMATCH',
				'42802',
				`The number of columns of ${cte.name} does not match.`,
			);
		}
		definitions.push(`${sqlNameOf} AS (${result.sql})`);
		const columns = result.columns.map((column, index) => ({
			...column,
			name: cte.columns[index] ?? column.name,
		}));
		ctes.set(cte.name.toLowerCase(), { sqlName: sqlNameOf, columns });
	}
	const base: Context = {
		analyzer,
		frame: EMPTY_FRAME,
		ctes,
		windows: new Map(),
		...(outer === undefined ? {} : { outer }),
	};
	const body = analyseBody(query.body, base, query);
	const limit = limitSql(query, analyzer);
	const withSql = definitions.length === 0 ? '' : `WITH ${definitions.join(', ')} `;
	return { sql: `${withSql}${body.sql}${limit}`, columns: body.columns };
}

/** The body with the ORDER BY of its query. */
function analyseBody(body: QueryBody, base: Context, query?: Query): AnalysedQuery {
	const place = { text: base.analyzer.text, offset: body.start };
	return SqlError.locate(place, () => bodyOf(body, base, query));
}

function bodyOf(body: QueryBody, base: Context, query: Query | undefined): AnalysedQuery {
	switch (body.kind) {
		case 'select': {
			const select = analyseSelect(body, base, query?.windows ?? []);
			return printSelect(select, query);
		}
		case 'values':
			return ordered(values(body, base), base, query);
		case 'nested':
			return ordered(base.analyzer.query(body.query, base.ctes, base.outer), base, query);
		case 'set':
			return ordered(setOperation(body, base), base, query);
	}
}

/** Gives every column its own DuckDB name: its own name, with a number where that is taken. */
export function physicalNames(names: readonly string[]): string[] {
	const used = new Set<string>();
	return names.map((name) => {
		const base = name === '' ? 'column' : name.replaceAll('\0', '');
		let candidate = base;
		for (let count = 2; used.has(candidate.toLowerCase()); count += 1) {
			candidate = `${base}__${count}`;
		}
		used.add(candidate.toLowerCase());
		return candidate;
	});
}

function printSelect(select: AnalysedSelect, query: Query | undefined): AnalysedQuery {
	const names = physicalNames(select.outputs.map((output) => output.name));
	const columns = select.outputs.map((output, index) => ({
		name: output.name,
		type: output.type,
		physical: names[index] ?? output.name,
	}));
	const grouped = (typed: Typed): boolean =>
		select.distinct || (select.aggregated && typed.aggregate !== true);
	const list = select.outputs
		.map(
			(output, index) =>
				`${zeroed(typedNull(output.typed), output.type, grouped(output.typed))} AS ${sqlName(names[index] ?? '')}`,
		)
		.join(', ');
	if (select.distinct) {
		for (const output of select.outputs) {
			if (output.type.kind === 'map') {
				throw new SqlError(
					'UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE',
					'0A000',
					`The feature is not supported: Cannot have MAP type columns in DataFrame which calls set operations (INTERSECT, EXCEPT, etc.), but the type of column ${quoteName([output.name])} is "${typeText(output.type)}".`,
				);
			}
		}
	}
	const order = query === undefined ? '' : orderOfSelect(select, query);
	const sql = `SELECT ${select.distinct ? 'DISTINCT ' : ''}${list}${select.tail}${order}`;
	return { sql, columns };
}

/** Where values are brought together, Spark shows 0.0 for -0.0, and DuckDB the one it met first. */
function zeroed(sql: string, type: SqlType, grouped: boolean): string {
	if (!grouped || !isFloating(type)) return sql;
	return once(sql, (v) => `CASE WHEN ${v} = 0 THEN CAST(0 AS ${duckdbType(type)}) ELSE ${v} END`);
}

/** A bare NULL would get a type of DuckDB's choice. */
function typedNull(typed: Typed): string {
	return typed.sql === 'NULL' ? 'CAST(NULL AS INTEGER)' : typed.sql;
}

function orderOfSelect(select: AnalysedSelect, query: Query): string {
	const { outputs, context } = select;
	if (query.orderByAll !== undefined) {
		const all = query.orderByAll;
		const key = { ...all, explicitNulls: true };
		return ` ORDER BY ${outputs.map((output, index) => `${outputKey(output, index, select)} ${direction(key)}`).join(', ')}`;
	}
	const preferred = outputNames(outputs);
	const terms = query.orderBy.flatMap((item) => {
		const position = ordinal(item, context, outputs.length);
		checkOrderName(item.expr, outputs);
		const typed =
			position === undefined
				? analyse(item.expr, { ...context, preferred })
				: outputs[position - 1]?.typed;
		if (typed === undefined) return [];
		const index = outputs.findIndex((output) => output.typed.sql === typed.sql);
		const output = outputs[index];
		if (output !== undefined) {
			return [orderSql({ ...typed, sql: outputKey(output, index, select) }, item)];
		}
		if (typed.literal !== undefined) return [];
		if (select.distinct)
			throw unsupported('ORDER BY a column that SELECT DISTINCT does not return');
		if (select.aggregated && typed.ungrouped !== undefined) {
			throw new SqlError(
				'MISSING_AGGREGATION',
				'42803',
				`The non-aggregating expression "${typed.ungrouped}" is based on columns which are not participating in the GROUP BY clause.`,
			);
		}
		return [orderSql(typed, item)];
	});
	return terms.length === 0 ? '' : ` ORDER BY ${terms.join(', ')}`;
}

/**
 * A column of the result as a sort key. DuckDB's sort makes 0.0 of -0.0 in the key itself, so that
 * floating numbers are sorted by a key of their own; grouped ones hold no -0.0 any more.
 */
function outputKey({ typed, type }: OutputColumn, index: number, select: AnalysedSelect): string {
	if (!isFloating(type) || select.distinct || select.aggregated || typed.window === true) {
		return String(index + 1);
	}
	return zeroed(typed.sql, type, true);
}

function ordinal(item: OrderItem, context: Context, count: number): number | undefined {
	const position = positionOf(item.expr, context);
	if (position === undefined) return undefined;
	if (position < 1 || position > count) {
		throw new SqlError(
			'ORDER_BY_POS_OUT_OF_RANGE',
			'42805',
			`ORDER BY position ${position} is not in select list (valid range is [1, ${count}]).`,
			{ text: context.analyzer.text, offset: item.expr.start },
		);
	}
	return position;
}

/** A finished query as a relation, with the ORDER BY that follows it. */
function ordered(result: AnalysedQuery, base: Context, query: Query | undefined): AnalysedQuery {
	if (query === undefined) return result;
	if (query.orderBy.length === 0 && query.orderByAll === undefined) {
		const bounded = query.limit !== undefined || query.offset !== undefined;
		return bounded
			? { ...result, sql: `SELECT * FROM (${result.sql}) AS ${base.analyzer.alias()}` }
			: result;
	}
	const name = base.analyzer.alias();
	const columns = result.columns.map((column) => ({
		name: column.name,
		sql: `${name}.${sqlName(column.physical)}`,
		type: column.type,
	}));
	const frame: Frame = {
		sql: `(${result.sql}) AS ${name}`,
		sources: [{ qualifier: [], columns }],
		visible: columns,
	};
	const select: AnalysedSelect = {
		distinct: false,
		outputs: columns.map((column) => ({
			name: column.name,
			type: column.type,
			typed: { sql: column.sql, type: column.type, label: column.name },
		})),
		tail: ` FROM ${frame.sql}`,
		context: contextOver(base, frame),
		aggregated: false,
	};
	return printSelect(select, query);
}

function values(body: QueryBody & { kind: 'values' }, base: Context): AnalysedQuery {
	const rows = body.rows.map((row) => row.map((expr) => analyse(expr, base)));
	const width = rows[0]?.length ?? 0;
	if (rows.some((row) => row.length !== width)) {
		throw new SqlError(
			'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH',
			'42000',
			`Invalid inline table. Inline table expected ${width} columns in every row.`,
		);
	}
	const types: SqlType[] = [];
	for (let index = 0; index < width; index += 1) {
		let type: SqlType | undefined = { kind: 'void' };
		for (const row of rows) {
			const cell = row[index];
			if (cell !== undefined) type = type && commonType(type, cell.type);
		}
		if (type === undefined) {
			throw new SqlError(
				'INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE',
				'42000',
				`Invalid inline table. Found incompatible types in the column \`col${index + 1}\` for inline table.`,
			);
		}
		types.push(type);
	}
	const columns = types.map((type, index) => ({
		name: `col${index + 1}`,
		type,
		physical: `col${index + 1}`,
	}));
	const lists = rows.map(
		(row) =>
			`(${row.map((cell, index) => typedNull(coerce(cell, types[index] ?? cell.type))).join(', ')})`,
	);
	const names = columns.map((column) => column.physical).join(', ');
	const sql = `SELECT * FROM (VALUES ${lists.join(', ')}) AS ${base.analyzer.alias()}(${names})`;
	return { sql, columns };
}

const OPERATORS = { union: 'UNION', except: 'EXCEPT', intersect: 'INTERSECT' };

function setOperation(body: QueryBody & { kind: 'set' }, base: Context): AnalysedQuery {
	const left = analyseBody(body.left, base);
	const right = analyseBody(body.right, base);
	const word = OPERATORS[body.operator];
	if (left.columns.length !== right.columns.length) {
		throw new SqlError(
			'NUM_COLUMNS_MISMATCH',
			'42826',
			`${word} can only be performed on inputs with the same number of columns, but the first input has ${left.columns.length} columns and the second input has ${right.columns.length} columns.`,
		);
	}
	const columns = left.columns.map((column, index) => {
		const other = right.columns[index];
		const type = other && commonType(column.type, other.type);
		if (other === undefined || type === undefined) {
			throw new SqlError(
				'INCOMPATIBLE_COLUMN_TYPE',
				'42825',
				`${word} can only be performed on tables with compatible column types. The ${ordinalWord(index)} column of the second table is "${other === undefined ? '' : typeText(other.type)}" type which is not compatible with "${typeText(column.type)}" at the same column of the first table..`,
			);
		}
		if (type.kind === 'map' && !(body.operator === 'union' && body.all)) {
			throw typeMismatch('INVALID_ORDERING_TYPE', word, 'MAP columns cannot be compared.');
		}
		return { ...column, type };
	});
	const sides = [left, right].map((side) =>
		projected(side, columns, base, !(body.operator === 'union' && body.all)),
	);
	const all = body.all ? ' ALL' : '';
	return { sql: `${sides[0]} ${word}${all} ${sides[1]}`, columns };
}

function projected(
	side: AnalysedQuery,
	columns: readonly ResultColumn[],
	base: Context,
	together: boolean,
): string {
	const name = base.analyzer.alias();
	const list = side.columns.map((column, index) => {
		const target = columns[index] ?? column;
		const typed = {
			sql: `${name}.${sqlName(column.physical)}`,
			type: column.type,
			label: column.name,
		};
		return `${zeroed(coerce(typed, target.type).sql, target.type, together)} AS ${sqlName(target.physical)}`;
	});
	return `(SELECT ${list.join(', ')} FROM (${side.sql}) AS ${name})`;
}
