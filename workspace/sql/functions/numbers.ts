import { coerce, wrongArgument } from '../casts/coercion';
import { arithmetic, shapeOf, withoutSmallest } from '../operators/arithmetic';
import { asDecimal, rescaled, unscaled } from '../operators/decimal';
import { typeMismatch, unsupported } from '../sqlError';
import { BIGINT, DOUBLE, duckdbType } from '../sqlType';
import { isFloating, isIntegral, isNumeric } from '../types/commonType';
import { derive, once, onceEach, type Typed } from '../types/typed';
import { argument, shownAs } from './define';
import type { CallSite, ScalarFunction } from './signature';

function number(args: readonly Typed[], site: CallSite): Typed {
	const value = argument(args, 0, site);
	if (value.type.kind === 'string' || value.type.kind === 'void') return coerce(value, DOUBLE);
	if (!isNumeric(value.type)) {
		throw wrongArgument(
			site.label,
			0,
			'("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")',
			value,
		);
	}
	return value;
}

function scaleArgument(args: readonly Typed[], site: CallSite): number {
	const given = args[1];
	if (given === undefined) return 0;
	const text = given.literal?.value;
	if (typeof text !== 'string' || !/^-?\d+$/.test(text)) {
		throw typeMismatch(
			'NON_FOLDABLE_INPUT',
			site.label,
			`the input \`scale\` should be a foldable "INT" expression; however, got "${given.label}".`,
		);
	}
	return Number(text);
}

/** The type of a rounded decimal: one more whole digit, as many decimals as asked for. */
function roundedShape(
	type: { precision: number; scale: number },
	digits: number,
): { precision: number; scale: number } {
	const whole = type.precision - type.scale + 1;
	if (digits < 0) return { precision: Math.min(38, Math.max(whole, -digits + 1)), scale: 0 };
	const scale = Math.min(type.scale, digits);
	return { precision: Math.min(38, whole + scale), scale };
}

/** round is HALF_UP, bround HALF_EVEN; doubles are rounded by their shortest decimal text. */
const rounding = (name: 'round' | 'bround'): ScalarFunction => ({
	args: [1, 2],
	build(args, site) {
		const value = number(args, site);
		const digits = scaleArgument(args, site);
		const label = `${name}(${value.label}, ${digits})`;
		const { type } = value;
		if (type.kind === 'decimal') {
			if (digits < 0) throw unsupported(`${name} to tens and more`);
			const shape = roundedShape(type, digits);
			const result = asDecimal(shape);
			const sql =
				name === 'round' || shape.scale === type.scale
					? `CAST(${value.sql} AS ${duckdbType(result)})`
					: rescaled(
							once(
								unscaled(value.sql, type),
								(n) =>
									`dbx_half_even(${n}, CAST('1${'0'.repeat(type.scale - shape.scale)}' AS HUGEINT))`,
							),
							shape,
						);
			return derive(sql, result, label, [value]);
		}
		if (isIntegral(type)) {
			if (digits < 0) throw unsupported(`${name} of a whole number to tens and more`);
			return derive(value.sql, type, label, [value]);
		}
		if (type.kind === 'float') throw unsupported(`${name} of FLOAT`);
		return derive(roundDouble(name, value.sql, digits), DOUBLE, label, [value], { fallible: true });
	},
});

function roundDouble(name: string, sql: string, digits: number): string {
	if (digits < 0 || digits > 12) throw unsupported(`${name} of DOUBLE to ${digits} digits`);
	return once(sql, (v) => {
		const text = `CAST(${v} AS VARCHAR)`;
		if (name === 'round') {
			return `CASE WHEN isfinite(${v}) AND abs(${v}) < 1e16 THEN CAST(CAST(CAST(${text} AS DECIMAL(38,${digits})) AS VARCHAR) AS DOUBLE) ELSE ${v} END`;
		}
		const exact = `CAST(${text} AS DECIMAL(38,20))`;
		const even = rescaled(
			`dbx_half_even(CAST(replace(CAST(${exact} AS VARCHAR), '.', '') AS HUGEINT), CAST('1${'0'.repeat(20 - digits)}' AS HUGEINT))`,
			{ precision: 38, scale: digits },
		);
		return `CASE WHEN NOT isfinite(${v}) OR abs(${v}) >= 1e16 THEN ${v} WHEN CAST(CAST(${exact} AS VARCHAR) AS DOUBLE) <> ${v} THEN dbx_unsupported('bround of so small a number') ELSE CAST(CAST(${even} AS VARCHAR) AS DOUBLE) END`;
	});
}

const wholeNumber = (name: 'ceil' | 'floor'): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const value = number(args, site);
		const label = `${name === 'ceil' ? 'CEIL' : 'FLOOR'}(${value.label})`;
		if (isIntegral(value.type)) {
			return derive(coerce(value, BIGINT).sql, BIGINT, label, [value]);
		}
		if (value.type.kind === 'decimal') {
			const shape = {
				precision: Math.min(38, value.type.precision - value.type.scale + 1),
				scale: 0,
			};
			const type = asDecimal(shape);
			return derive(`CAST(${name}(${value.sql}) AS ${duckdbType(type)})`, type, label, [value]);
		}
		const sql = once(
			coerce(value, DOUBLE).sql,
			(v) =>
				`CASE WHEN NOT isfinite(${v}) OR abs(${v}) >= 9.2e18 THEN dbx_unsupported('${name} beyond BIGINT') ELSE CAST(${name}(${v}) AS BIGINT) END`,
		);
		return derive(sql, BIGINT, label, [value], { fallible: true });
	},
});

const abs: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		return withoutSmallest(number(args, site), site.label, (v) => `abs(${v})`);
	},
};

const sign: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = coerce(number(args, site), DOUBLE);
		return derive(`CAST(sign(${value.sql}) AS DOUBLE)`, DOUBLE, site.label, [value]);
	},
};

/** Functions of DOUBLE that both sides take from the same C library rules. */
const ofDouble = (sql: (x: string) => string): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const value = coerce(number(args, site), DOUBLE);
		return derive(sql(value.sql), DOUBLE, site.label, [value]);
	},
});

const sqrt = ofDouble((x) =>
	once(x, (v) => `CASE WHEN ${v} < 0 THEN CAST('nan' AS DOUBLE) ELSE sqrt(${v}) END`),
);

const modulo: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		return arithmetic('%', argument(args, 0, site), argument(args, 1, site), site.label);
	},
};

const pmod: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const a = argument(args, 0, site);
		const b = argument(args, 1, site);
		if (!isIntegral(a.type) || !isIntegral(b.type))
			throw unsupported('pmod of other than whole numbers');
		const rest = arithmetic('%', a, b, site.label);
		const type = duckdbType(rest.type);
		const sql = onceEach(
			rest.sql,
			`CAST(${b.sql} AS ${type})`,
			(r, n) => `CASE WHEN ${r} < 0 THEN (${r} + ${n}) % ${n} ELSE ${r} END`,
		);
		return derive(sql, rest.type, site.label, [rest]);
	},
};

/** try_add and the like: the operator, with NULL instead of an error. */
const tolerant = (operator: string): ScalarFunction => ({
	args: [2, 2],
	build(args, site) {
		const [a, b] = [argument(args, 0, site), argument(args, 1, site)];
		if (a.fallible || b.fallible) throw unsupported(`${site.name} of arguments that can fail`);
		const value = arithmetic(operator, a, b, site.label);
		if (value.type.kind === 'decimal' && value.fallible && operator !== '/' && operator !== '%') {
			throw unsupported(`${site.name} of decimals of so many digits`);
		}
		const marks = { ...value };
		delete marks.fallible;
		return { ...marks, sql: tolerantSql(operator, value, a, b) };
	},
});

function tolerantSql(operator: string, value: Typed, a: Typed, b: Typed): string {
	if (isFloating(value.type) || value.type.kind === 'decimal' || operator === '%') {
		if (operator === '/' || operator === '%') {
			const { literal: _, ...divisor } = ofOwnDigits(b, value);
			return arithmetic(operator, a, { ...divisor, sql: `nullif(${divisor.sql}, 0)` }).sql;
		}
		return value.sql;
	}
	const wide = (operand: Typed): string => `CAST(${operand.sql} AS HUGEINT)`;
	return `TRY_CAST(${wide(a)} ${operator} ${wide(b)} AS ${duckdbType(value.type)})`;
}

/** A whole number beside a decimal as the decimal it counts as, which a literal decides by its digits. */
function ofOwnDigits(operand: Typed, result: Typed): Typed {
	const counts = result.type.kind === 'decimal' && isIntegral(operand.type);
	return counts ? coerce(operand, asDecimal(shapeOf(operand))) : operand;
}

const rint = ofDouble((x) => `round_even(${x}, 0)`);

export const NUMBERS: [string, ScalarFunction][] = [
	['round', rounding('round')],
	['bround', rounding('bround')],
	['ceil', wholeNumber('ceil')],
	['ceiling', wholeNumber('ceil')],
	['floor', wholeNumber('floor')],
	['abs', abs],
	['sign', sign],
	['signum', shownAs(sign, ([x]) => `SIGNUM(${x})`)],
	['sqrt', shownAs(sqrt, ([x]) => `SQRT(${x})`)],
	['rint', rint],
	['mod', modulo],
	['pmod', pmod],
	['try_add', tolerant('+')],
	['try_subtract', tolerant('-')],
	['try_multiply', tolerant('*')],
	['try_divide', tolerant('/')],
	['try_mod', tolerant('%')],
];
