import type { Query, QueryBody } from '../parser/syntax';
import { quoteName, SqlError, unsupported } from '../sqlError';
import { typeText } from '../sqlType';
import { sqlName } from '../stringLiteral';
import { recollated } from '../types/collations';
import type { Typed } from '../types/typed';
import { shownCell, typedNull, zeroed } from './cells';
import {
	EMPTY_FRAME,
	type AnalysedQuery,
	type Analysis,
	type Context,
	type Cte,
	type Frame,
} from './context';
import { inlineTable } from './inlineTable';
import { limitSql } from './limit';
import { orderOfSelect } from './ordering';
import { analyseSelect, contextOver, type AnalysedSelect } from './select';
import { combine } from './setOperations';
import { holdsVariant, isIncomparable } from '../types/commonType';

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
	const whole = (sql: string): string => `${withSql}${sql}${limit}`;
	const { columns, shown } = body;
	const result = { sql: whole(body.sql), columns };
	return shown === undefined ? result : { ...result, shown: { ...shown, sql: whole(shown.sql) } };
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
			return ordered(inlineTable(body, base), base, query);
		case 'nested':
			return ordered(base.analyzer.query(body.query, base.ctes, base.outer), base, query);
		case 'set': {
			const sides = [analyseBody(body.left, base), analyseBody(body.right, base)] as const;
			return ordered(combine(body, ...sides, base), base, query);
		}
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
	const list = (cell: (typed: Typed) => string): string =>
		select.outputs
			.map(({ typed, type }, index) => {
				const value = zeroed(cell(typed), type, grouped(typed));
				return `${value} AS ${sqlName(names[index] ?? '')}`;
			})
			.join(', ');
	if (select.distinct) {
		for (const output of select.outputs) {
			if (output.type.kind === 'map' || isIncomparable(output.type)) {
				if (!holdsVariant(output.type) && output.type.kind !== 'map') {
					throw unsupported(`DISTINCT of ${typeText(output.type)}`);
				}
				const kind = output.type.kind === 'map' ? 'MAP' : 'VARIANT';
				throw new SqlError(
					`UNSUPPORTED_FEATURE.SET_OPERATION_ON_${kind}_TYPE`,
					'0A000',
					`The feature is not supported: Cannot have ${kind} type columns in DataFrame which calls set operations (INTERSECT, EXCEPT, etc.), but the type of column ${quoteName([output.name])} is "${typeText(output.type)}".`,
				);
			}
		}
	}
	const order = query === undefined ? '' : orderOfSelect(select, query);
	const sql = `SELECT ${select.distinct ? 'DISTINCT ' : ''}${list(typedNull)}${select.tail}${order}`;
	// Rows that are brought together are compared by what they hold, not by what is shown of it.
	const isShown = !select.distinct && !select.aggregated;
	if (!isShown || !select.outputs.some(({ typed }) => shownCell(typed) !== undefined)) {
		return { sql, columns };
	}
	const shown = list((typed) => shownCell(typed) ?? typedNull(typed));
	const decoded = select.outputs.flatMap(({ typed }, index) =>
		shownCell(typed) === undefined ? [] : [index],
	);
	return { sql, columns, shown: { sql: `SELECT ${shown}${select.tail}${order}`, decoded } };
}

/** A finished query as a relation, with the ORDER BY that follows it. */
function ordered(result: AnalysedQuery, base: Context, query: Query | undefined): AnalysedQuery {
	if (query === undefined) return result;
	if (query.orderBy.length === 0 && query.orderByAll === undefined) {
		const bounded = query.limit !== undefined || query.offset !== undefined;
		return bounded
			? {
					sql: `SELECT * FROM (${result.sql}) AS ${base.analyzer.alias()}`,
					columns: result.columns,
				}
			: result;
	}
	const name = base.analyzer.alias();
	const columns = result.columns.map((column) => ({
		name: column.name,
		sql: recollated(`${name}.${sqlName(column.physical)}`, column.type),
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
