import { asBoolean, coerce, wrongArgument } from '../casts/coercion';
import { asDecimal, rescaled, unscaled } from '../operators/decimal';
import { decimalLiteral } from '../operators/literals';
import { unsupported } from '../sqlError';
import { arrayType, BIGINT, BOOLEAN, DOUBLE, duckdbType } from '../sqlType';
import { isIntegral, isNested, isNumeric } from '../types/commonType';
import { once, onceEach, type Typed } from '../types/typed';
import { first } from './define';
import { PERCENTILES } from './percentiles';
import type { AggregateFunction, CallSite } from './signature';

function numeric(args: readonly Typed[], site: CallSite): Typed {
	const value = first(args);
	if (value.type.kind === 'string' || value.type.kind === 'void') return coerce(value, DOUBLE);
	if (!isNumeric(value.type)) throw wrongArgument(site.label, 0, '"NUMERIC"', value);
	return value;
}

const sum: AggregateFunction = {
	args: [1, 1],
	distinct: true,
	build(args, site, wrap, distinct) {
		const value = numeric(args, site);
		const base = wrap(`sum(${distinct}${value.sql})`);
		if (value.type.kind === 'decimal') {
			const shape = { precision: Math.min(38, value.type.precision + 10), scale: value.type.scale };
			const type = asDecimal(shape);
			const total = `CAST(${base} AS ${duckdbType(type)})`;
			if (shape.precision < 38) return { sql: total, type };
			// DuckDB adds up to 2^127, which is more than 38 digits.
			const most = decimalLiteral(`${'9'.repeat(38 - shape.scale)}.${'9'.repeat(shape.scale)}`).sql;
			const checked = once(
				total,
				(v) =>
					`CASE WHEN ${v} > ${most} OR ${v} < -${most} THEN dbx_decimal_overflow(CAST(${v} AS VARCHAR), 38, ${shape.scale}) ELSE ${v} END`,
			);
			return { sql: checked, type, fallible: true };
		}
		const type = isIntegral(value.type) ? BIGINT : DOUBLE;
		if (type === DOUBLE) {
			return { sql: wrap(`sum(${distinct}CAST(${value.sql} AS DOUBLE))`), type };
		}
		return { sql: `CAST(${base} AS BIGINT)`, type, fallible: value.type.kind === 'bigint' };
	},
};

const avg: AggregateFunction = {
	args: [1, 1],
	distinct: true,
	build(args, site, wrap, distinct) {
		const value = numeric(args, site);
		if (value.type.kind !== 'decimal') {
			const x = `CAST(${value.sql} AS DOUBLE)`;
			const total = wrap(`sum(${distinct}${x})`);
			const count = wrap(`count(${distinct}${x})`);
			return { sql: `(${total} / nullif(${count}, 0))`, type: DOUBLE };
		}
		const { precision, scale } = value.type;
		const summed = { precision: Math.min(38, precision + 10), scale };
		const shape = { precision: Math.min(38, precision + 4), scale: Math.min(38, scale + 4) };
		const total = `CAST(${wrap(`sum(${distinct}${value.sql})`)} AS DECIMAL(${summed.precision},${scale}))`;
		const count = `CAST(${wrap(`count(${distinct}${value.sql})`)} AS HUGEINT)`;
		const zeros = '0'.repeat(shape.scale - scale);
		const numerator = `${unscaled(total, summed)} * CAST('1${zeros}' AS HUGEINT)`;
		const quotient = onceEach(
			numerator,
			count,
			(n, d) => `CASE WHEN ${d} > 0 THEN dbx_half_up(${n}, ${d}) END`,
		);
		return { sql: rescaled(quotient, shape), type: asDecimal(shape) };
	},
};

const count: AggregateFunction = {
	args: [1, Infinity],
	distinct: true,
	build(args, site, wrap, distinct) {
		if (site.call.star && distinct === '') return { sql: wrap('count(*)'), type: BIGINT };
		const [only, ...more] = args;
		if (only === undefined) throw unsupported('count()');
		if (more.length === 0) return { sql: wrap(`count(${distinct}${only.sql})`), type: BIGINT };
		const present = args.map((arg) => `${arg.sql} IS NOT NULL`).join(' AND ');
		const row = `row(${args.map((arg) => arg.sql).join(', ')})`;
		return { sql: wrap(`count(${distinct}CASE WHEN ${present} THEN ${row} END)`), type: BIGINT };
	},
};

const countIf: AggregateFunction = {
	args: [1, 1],
	build(args, site, wrap) {
		const value = asBoolean(first(args), site.label, 0);
		return { sql: wrap(`count(CASE WHEN ${value.sql} THEN 1 END)`), type: BIGINT };
	},
};

function extreme(name: 'min' | 'max'): AggregateFunction {
	return {
		args: [1, 1],
		distinct: true,
		build(args, _site, wrap) {
			const value = first(args);
			if (isNested(value.type)) throw unsupported(`${name} of an array, map or struct`);
			return { sql: wrap(`${name}(${value.sql})`), type: value.type };
		},
	};
}

function extremeBy(name: 'min_by' | 'max_by'): AggregateFunction {
	const base = name === 'min_by' ? 'arg_min_null' : 'arg_max_null';
	return {
		args: [2, 2],
		build(args, _site, wrap) {
			const value = first(args);
			const by = args[1] ?? value;
			if (isNested(by.type)) throw unsupported(`${name} by an array, map or struct`);
			return { sql: wrap(`${base}(${value.sql}, ${by.sql})`), type: value.type };
		},
	};
}

function truth(base: 'bool_and' | 'bool_or'): AggregateFunction {
	return {
		args: [1, 1],
		build(args, site, wrap) {
			const value = asBoolean(first(args), site.label, 0);
			return { sql: wrap(`${base}(${value.sql})`), type: BOOLEAN };
		},
	};
}

function spread(base: string): AggregateFunction {
	return {
		args: [1, 1],
		build(args, site, wrap) {
			const value = coerce(numeric(args, site), DOUBLE);
			return { sql: wrap(`${base}(${value.sql})`), type: DOUBLE };
		},
	};
}

/** first, last and any_value take any row of a group; `true` as second argument skips NULL. */
function anyRow(base: 'first' | 'last'): AggregateFunction {
	return {
		args: [1, 2],
		build(args, site, wrap) {
			const value = first(args);
			const skip = site.call.nulls === 'ignore' || args[1]?.literal?.value === 'true';
			if (args[1] !== undefined && args[1].literal === undefined) {
				throw unsupported(`${site.name} with a second argument that is no literal`);
			}
			if (site.call.over !== undefined) {
				const ignore = skip ? ' IGNORE NULLS' : '';
				return { sql: wrap(`${base}_value(${value.sql}${ignore})`), type: value.type };
			}
			const filtered = skip
				? `${base}(${value.sql}) FILTER (WHERE ${value.sql} IS NOT NULL)`
				: `${base}(${value.sql})`;
			if (skip && site.call.filter !== undefined) throw unsupported(`${site.name} with FILTER`);
			return { sql: skip ? filtered : wrap(filtered), type: value.type };
		},
	};
}

const collectList: AggregateFunction = {
	args: [1, 1],
	build(args, site, wrap) {
		const value = first(args);
		if (site.call.filter !== undefined) throw unsupported(`${site.name} with FILTER`);
		const type = arrayType(value.type);
		if (site.call.over !== undefined) {
			const all = wrap(`list(${value.sql})`);
			const kept = once(all, (v) => `coalesce(list_filter(${v}, lambda e: e IS NOT NULL), [])`);
			return { sql: `CAST(${kept} AS ${duckdbType(type)})`, type };
		}
		const list = `list(${value.sql}) FILTER (WHERE ${value.sql} IS NOT NULL)`;
		return { sql: `coalesce(${list}, CAST([] AS ${duckdbType(type)}))`, type };
	},
};

const collectSet: AggregateFunction = {
	args: [1, 1],
	over: false,
	build(args, site) {
		const value = first(args);
		if (site.call.filter !== undefined) throw unsupported('collect_set with FILTER');
		const type = arrayType(value.type);
		const list = `list(DISTINCT ${value.sql}) FILTER (WHERE ${value.sql} IS NOT NULL)`;
		return { sql: `coalesce(${list}, CAST([] AS ${duckdbType(type)}))`, type };
	},
};

function grouping(site: CallSite, asked: readonly Typed[]): { columns: Typed[] } {
	const known = site.groupingColumns;
	if (known === undefined) throw unsupported(`${site.name} without GROUPING SETS, ROLLUP or CUBE`);
	return { columns: asked.length === 0 ? [...known] : [...asked] };
}

const groupingId: AggregateFunction = {
	args: [0, Infinity],
	over: false,
	build(args, site) {
		const { columns } = grouping(site, args);
		const list = columns.map((column) => column.sql).join(', ');
		return { sql: `CAST(grouping(${list}) AS BIGINT)`, type: BIGINT };
	},
};

const groupingOne: AggregateFunction = {
	args: [1, 1],
	over: false,
	build(args, site) {
		grouping(site, args);
		return { sql: `CAST(grouping(${first(args).sql}) AS TINYINT)`, type: { kind: 'tinyint' } };
	},
};

/** Functions over the rows of a group or window. */
export const AGGREGATES: ReadonlyMap<string, AggregateFunction> = new Map([
	['sum', sum],
	['avg', avg],
	['mean', avg],
	['count', count],
	['count_if', countIf],
	['min', extreme('min')],
	['max', extreme('max')],
	['min_by', extremeBy('min_by')],
	['max_by', extremeBy('max_by')],
	...PERCENTILES,
	['bool_and', truth('bool_and')],
	['every', truth('bool_and')],
	['bool_or', truth('bool_or')],
	['some', truth('bool_or')],
	['any', truth('bool_or')],
	['stddev', spread('stddev_samp')],
	['std', spread('stddev_samp')],
	['stddev_samp', spread('stddev_samp')],
	['stddev_pop', spread('stddev_pop')],
	['variance', spread('var_samp')],
	['var_samp', spread('var_samp')],
	['var_pop', spread('var_pop')],
	['first', anyRow('first')],
	['first_value', anyRow('first')],
	['any_value', anyRow('first')],
	['last', anyRow('last')],
	['last_value', anyRow('last')],
	['collect_list', collectList],
	['array_agg', collectList],
	['collect_set', collectSet],
	['grouping_id', groupingId],
	['grouping', groupingOne],
]);
