import { coerce, wrongArgument } from '../casts/coercion';
import { LISTED } from '../functions/listed';
import type { Expr, TableAlias } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import { BIGINT, duckdbType, INT, type SqlType } from '../sqlType';
import { sqlName } from '../stringLiteral';
import { isIntegral } from '../types/commonType';
import { once, type Typed } from '../types/typed';
import { analyse, type Context, type Source } from './context';
import { functionName } from './generatorNames';
import { unresolvedTableFunction, wrongCount } from './routineErrors';

/** A generator beside a FROM clause: rows made from each row of it. */
export interface Generated {
	/** what follows the input relation: `, LATERAL (…)` or `LEFT JOIN LATERAL (…) ON TRUE` */
	join: string;
	/** the relation alone */
	from: string;
	source: Source;
}

interface Rows {
	/** the SELECT list that makes the rows */
	select: string;
	from?: string;
	columns: { name: string; type: SqlType }[];
}

/** Analyses explode, posexplode, inline and range; `outer` keeps rows that make none. */
export function analyseGenerator(
	expr: Expr,
	context: Context,
	outer: boolean,
	alias: TableAlias,
): Generated {
	if (expr.kind !== 'call') throw unsupported('LATERAL VIEW without a generator function');
	const name = functionName(expr.call);
	const keeps = outer || name.endsWith('_outer');
	const inside = { ...context, withoutRoutines: name };
	const args = expr.call.args.map((arg) => analyse(arg, inside));
	const place = { text: context.analyzer.text, offset: expr.start };
	const rows = SqlError.locate(place, () => generate(name.replace(/_outer$/, ''), args, keeps));
	const names = rows.columns.map((column, index) => alias.columns[index] ?? column.name);
	if (alias.columns.length > 0 && alias.columns.length !== names.length) {
		throw new SqlError(
			'UDTF_ALIAS_NUMBER_MISMATCH',
			'42802',
			`The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF. Expected ${names.length} aliases, but got ${alias.columns.join(',')}.`,
		);
	}
	const relation = context.analyzer.alias();
	const inner = rows.columns.map((_, index) => `g${index + 1}`);
	const body = `(SELECT ${rows.select}${rows.from ?? ''})`;
	const columns = rows.columns.map((column, index) => ({
		name: names[index] ?? column.name,
		sql: `${relation}.${sqlName(inner[index] ?? '')}`,
		type: column.type,
	}));
	const from = `${body} AS ${relation}(${inner.join(', ')})`;
	return {
		join: `CROSS JOIN LATERAL ${from}`,
		from,
		source: { qualifier: alias.name === undefined ? [name] : [alias.name], columns },
	};
}

function generate(name: string, args: readonly Typed[], keeps: boolean): Rows {
	const [first] = args;
	switch (name) {
		case 'explode':
		case 'posexplode':
			if (first === undefined) break;
			return explode(name, first, keeps);
		case 'inline':
			if (first === undefined) break;
			return inline(first, keeps);
		case 'range':
			if (keeps) throw unsupported('LATERAL VIEW OUTER with range');
			return range(args);
		default:
			if (LISTED.has(name)) throw unsupported(`the table function ${name}`);
			throw unresolvedTableFunction(name.split('.'));
	}
	throw wrongCount([name], '1', 0);
}

/**
 * The list itself, or one NULL in place of none. A LEFT JOIN would do as well, but DuckDB gives its
 * rows in another order than that of the list.
 */
function kept(list: string, element: SqlType, keeps: boolean): string {
	if (!keeps) return list;
	const one = `CAST([NULL] AS ${duckdbType(element)}[])`;
	return once(list, (v) => `CASE WHEN len(${v}) > 0 THEN ${v} ELSE ${one} END`);
}

function explode(name: string, input: Typed, keeps: boolean): Rows {
	const { type, sql } = input;
	if (type.kind !== 'array' && type.kind !== 'map') {
		throw wrongArgument(`${name}(${input.label})`, 0, '("ARRAY" or "MAP")', input);
	}
	const position = name === 'posexplode' ? [{ name: 'pos', type: INT }] : [];
	const list = type.kind === 'map' ? `map_keys(${sql})` : sql;
	const places = `list_transform(generate_series(1, len(${list})), lambda p: CAST(p - 1 AS INTEGER))`;
	const place = name === 'posexplode' ? [`unnest(${kept(places, INT, keeps)})`] : [];
	if (type.kind === 'array') {
		return {
			select: [...place, `unnest(${kept(sql, type.element, keeps)})`].join(', '),
			columns: [...position, { name: 'col', type: type.element }],
		};
	}
	const keys = `unnest(${kept(list, type.key, keeps)})`;
	const values = `unnest(${kept(`map_values(${sql})`, type.value, keeps)})`;
	return {
		select: [...place, keys, values].join(', '),
		columns: [...position, { name: 'key', type: type.key }, { name: 'value', type: type.value }],
	};
}

function inline(input: Typed, keeps: boolean): Rows {
	const { type } = input;
	if (type.kind !== 'array' || type.element.kind !== 'struct') {
		throw wrongArgument(`inline(${input.label})`, 0, '"ARRAY<STRUCT>"', input);
	}
	const fields = type.element.fields;
	const select = fields.map((field) => `struct_extract(e, '${field.name.replaceAll("'", "''")}')`);
	return {
		select: select.join(', '),
		from: ` FROM (SELECT unnest(${kept(input.sql, type.element, keeps)}) AS e)`,
		columns: fields.map((field) => ({ name: field.name, type: field.type })),
	};
}

function range(args: readonly Typed[]): Rows {
	if (args.length < 1 || args.length > 4 || !args.every((arg) => isIntegral(arg.type))) {
		throw unsupported('range with other than one to four whole numbers');
	}
	const [a, b, c] = args.map((arg) => coerce(arg, BIGINT).sql);
	const bounds = b === undefined ? `0, ${a}` : c === undefined ? `${a}, ${b}` : `${a}, ${b}, ${c}`;
	return {
		select: 'n',
		from: ` FROM range(${bounds}) AS numbers(n)`,
		columns: [{ name: 'id', type: BIGINT }],
	};
}
