import { coerce } from '../casts/coercion';
import { typeMismatch, unsupported } from '../sqlError';
import { BIGINT, DOUBLE, duckdbType, INT, typeText, type SqlType } from '../sqlType';
import {
	commonType,
	decimalFor,
	isFloating,
	isIntegral,
	isNumeric,
	type DecimalShape,
} from '../types/commonType';
import { derive, once, onceEach, type Typed } from '../types/typed';
import { addTime, isTemporal } from './dateArithmetic';
import { timeOfDayArithmetic } from './timeArithmetic';
import { asDecimal, combineDecimals, divideDecimals, resultShape } from './decimal';

/** `+ - * / % div` and the bit operators by Spark's ANSI rules. */
export function arithmetic(operator: string, left: Typed, right: Typed, name?: string): Typed {
	const label = name ?? `(${left.label} ${operator} ${right.label})`;
	for (const { type } of [left, right]) {
		if (type.kind === 'collated') throw unsupported(`${operator} on ${typeText(type)}`);
	}
	if (left.type.kind === 'time' || right.type.kind === 'time') {
		const result = timeOfDayArithmetic(operator, left, right);
		if (result === undefined) throw differentTypes(label, left, right);
		return result;
	}
	if (isTemporal(left.type) || isTemporal(right.type)) {
		return addTime(operator, left, right, label);
	}
	if (areTexts(left, right)) throw wrongOperands(operator, label);
	const [a, b] = numericOperands(left, right, label);
	if (operator === '&' || operator === '|' || operator === '^') {
		return bits(operator, a, b, label);
	}
	if (operator === 'div') return integralDivision(a, b, label);
	if (a.type.kind === 'decimal' || b.type.kind === 'decimal') {
		if (!isFloating(a.type) && !isFloating(b.type)) return onDecimals(operator, a, b, label);
	}
	if (operator === '/') {
		const type: SqlType = DOUBLE;
		return guarded('/', coerce(a, type), coerce(b, type), type, label);
	}
	const type = commonType(a.type, b.type);
	if (type === undefined) throw differentTypes(label, a, b);
	const x = coerce(a, type);
	const y = coerce(b, type);
	if (operator === '%') return guarded('%', x, y, type, label);
	const fallible = isIntegral(type) ? { fallible: true } : {};
	return derive(`(${x.sql} ${operator} ${y.sql})`, type, label, [x, y], fallible);
}

/** Texts beside numbers become numbers: BIGINT beside integers, DOUBLE beside others. */
function numericOperands(left: Typed, right: Typed, label: string): [Typed, Typed] {
	const give = (operand: Typed, other: Typed): Typed => {
		if (operand.type.kind === 'void') {
			return coerce(operand, other.type.kind === 'void' ? INT : other.type);
		}
		if (operand.type.kind !== 'string') return operand;
		return coerce(operand, isIntegral(other.type) ? BIGINT : DOUBLE);
	};
	const pair: [Typed, Typed] = [give(left, right), give(right, left)];
	if (!pair.every((operand) => isNumeric(operand.type))) throw differentTypes(label, left, right);
	return pair;
}

/** A text becomes a number only beside a number. */
function areTexts(left: Typed, right: Typed): boolean {
	const kinds = [left.type.kind, right.type.kind];
	return kinds.includes('string') && kinds.every((kind) => kind === 'string' || kind === 'void');
}

const INTERVALS = '"INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH"';
const OPERANDS: Record<string, string> = {
	'+': `("NUMERIC" or ${INTERVALS} or "INTERVAL")`,
	'-': `("NUMERIC" or ${INTERVALS} or "INTERVAL")`,
	'/': '("DOUBLE" or "DECIMAL")',
	div: `("BIGINT" or ${INTERVALS})`,
	'&': '"INTEGRAL"',
	'|': '"INTEGRAL"',
	'^': '"INTEGRAL"',
};

function wrongOperands(operator: string, label: string): Error {
	return typeMismatch(
		'BINARY_OP_WRONG_TYPE',
		label,
		`the binary operator requires the input type ${OPERANDS[operator] ?? '"NUMERIC"'}, not "STRING".`,
	);
}

export function differentTypes(label: string, left: Typed, right: Typed): Error {
	if (left.type.kind === right.type.kind) {
		return typeMismatch(
			'BINARY_OP_WRONG_TYPE',
			label,
			`the binary operator requires the input type "NUMERIC", not "${typeText(left.type)}".`,
		);
	}
	return typeMismatch(
		'BINARY_OP_DIFF_TYPES',
		label,
		`the left and right operands of the binary operator have incompatible types ("${typeText(left.type)}" and "${typeText(right.type)}").`,
	);
}

/**
 * The decimal of an operand: a whole number written as a literal has only its own digits, other than
 * a TINYINT.
 */
export function shapeOf(operand: Typed): DecimalShape {
	const ofDigits = isIntegral(operand.type) && operand.type.kind !== 'tinyint';
	if (ofDigits && typeof operand.literal?.value === 'string') {
		const digits = operand.literal.value.replace(/^[+-]/, '').replace(/^0+(?=\d)/, '').length;
		return { precision: digits, scale: 0 };
	}
	const shape = decimalFor(operand.type);
	if (shape === undefined) throw unsupported(`${typeText(operand.type)} beside a decimal`);
	return shape;
}

function onDecimals(operator: string, left: Typed, right: Typed, label: string): Typed {
	const a = shapeOf(left);
	const b = shapeOf(right);
	const result = resultShape(operator, a, b);
	const type = asDecimal(result);
	const parts = [left, right];
	if (operator === '/' || operator === '%') {
		const fail = operator === '/' ? 'dbx_divide_by_zero()' : 'dbx_remainder_by_zero()';
		const body = (x: string, y: string): string =>
			operator === '/'
				? divideDecimals(x, a, y, b, result)
				: combineDecimals('%', x, a, y, b, result);
		if (isNonZeroLiteral(right)) {
			return derive(body(left.sql, right.sql), type, label, parts, { fallible: true });
		}
		const sql = onceEach(left.sql, right.sql, (x, y) => {
			const zero = `${y} = 0 AND ${x} IS NOT NULL`;
			return `CASE WHEN ${zero} THEN ${fail} WHEN ${y} <> 0 THEN ${body(x, y)} END`;
		});
		return derive(sql, type, label, parts, { fallible: true });
	}
	const sql = combineDecimals(operator, left.sql, a, right.sql, b, result);
	const exact = operator === '*' ? a.precision + b.precision < 38 : result.precision < 38;
	return derive(sql, type, label, parts, exact ? {} : { fallible: true });
}

function isNonZeroLiteral(operand: Typed): boolean {
	return typeof operand.literal?.value === 'string' && Number(operand.literal.value) !== 0;
}

/** `/` and `%` with Spark's error for a zero divisor (only where the dividend is not NULL). */
function guarded(operator: '/' | '%', a: Typed, b: Typed, type: SqlType, label: string): Typed {
	if (isNonZeroLiteral(b)) {
		return derive(`(${a.sql} ${operator} ${b.sql})`, type, label, [a, b]);
	}
	const fail = operator === '/' ? 'dbx_divide_by_zero()' : 'dbx_remainder_by_zero()';
	const sql = onceEach(
		a.sql,
		b.sql,
		(x, y) =>
			`CASE WHEN ${y} = 0 AND ${x} IS NOT NULL THEN ${fail} WHEN ${y} <> 0 THEN ${x} ${operator} ${y} END`,
	);
	return derive(sql, type, label, [a, b], { fallible: true });
}

function integralDivision(a: Typed, b: Typed, label: string): Typed {
	if (!isIntegral(a.type) || !isIntegral(b.type)) throw unsupported('div on other than integers');
	const x = coerce(a, BIGINT);
	const y = coerce(b, BIGINT);
	const sql = onceEach(
		x.sql,
		y.sql,
		(p, q) =>
			`CASE WHEN ${q} = 0 AND ${p} IS NOT NULL THEN dbx_divide_by_zero() WHEN ${q} <> 0 THEN CAST(CAST(${p} AS HUGEINT) // ${q} AS BIGINT) END`,
	);
	return derive(sql, BIGINT, label, [a, b], { fallible: true });
}

function bits(operator: string, a: Typed, b: Typed, label: string): Typed {
	const type = commonType(a.type, b.type);
	if (type === undefined || !isIntegral(type)) throw differentTypes(label, a, b);
	const x = coerce(a, type);
	const y = coerce(b, type);
	const sql = operator === '^' ? `xor(${x.sql}, ${y.sql})` : `(${x.sql} ${operator} ${y.sql})`;
	return derive(`CAST(${sql} AS ${duckdbType(type)})`, type, label, [a, b]);
}

/** Unary plus: texts become numbers. */
export function affirm(operand: Typed): Typed {
	const label = `(+ ${operand.label})`;
	const { type } = operand;
	if (type.kind === 'string') return affirm(coerce(operand, DOUBLE));
	if (type.kind === 'void') throw unsupported('+ before NULL');
	if (!isNumeric(type) && type.kind !== 'interval') throw differentTypes(label, operand, operand);
	return { ...operand, label };
}

/** Unary minus. */
export function negate(operand: Typed): Typed {
	const label = `(- ${operand.label})`;
	const { type } = operand;
	if (type.kind === 'interval' || type.kind === 'calendar_interval')
		return derive(`(-${operand.sql})`, type, label, [operand]);
	if (type.kind === 'string') return negate(coerce(operand, DOUBLE));
	if (!isNumeric(type)) throw differentTypes(label, operand, operand);
	return withoutSmallest(operand, label, (v) => `(-${v})`);
}

const SMALLEST: Partial<Record<SqlType['kind'], [name: string, value: string]>> = {
	tinyint: ['byte', '-128'],
	smallint: ['short', '-32768'],
	int: ['integer', '-2147483648'],
	bigint: ['long', '-9223372036854775808'],
};

/** A number with another sign: the smallest integer of a type has no opposite in it. */
export function withoutSmallest(
	operand: Typed,
	label: string,
	body: (value: string) => string,
): Typed {
	const [name, value] = SMALLEST[operand.type.kind] ?? [];
	if (name === undefined || value === undefined) {
		return derive(body(operand.sql), operand.type, label, [operand]);
	}
	const sql = once(
		operand.sql,
		(v) => `CASE WHEN ${v} = ${value} THEN dbx_overflow('${name}') ELSE ${body(v)} END`,
	);
	return derive(sql, operand.type, label, [operand], { fallible: true });
}
