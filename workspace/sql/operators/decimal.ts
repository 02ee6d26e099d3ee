import { unsupported } from '../sqlError';
import { decimalType, type SqlType } from '../sqlType';
import type { DecimalShape } from '../types/commonType';
import { onceEach } from '../types/typed';

const MAX = 38;
const LEAST_SCALE = 6;
/** From this precision on DuckDB multiplies in 128 bits; two operands below it would run over 64. */
const WIDE = 19;

/** Spark's rule for a result of more than 38 digits: keep whole digits, at least 6 decimals. */
function adjusted(precision: number, scale: number): DecimalShape {
	if (precision <= MAX) return { precision, scale };
	const whole = precision - scale;
	return { precision: MAX, scale: Math.max(MAX - whole, Math.min(scale, LEAST_SCALE)) };
}

/** The shape of the result of an operator on two decimals by Spark's rules. */
export function resultShape(operator: string, a: DecimalShape, b: DecimalShape): DecimalShape {
	const scale = Math.max(a.scale, b.scale);
	const aWhole = a.precision - a.scale;
	const bWhole = b.precision - b.scale;
	switch (operator) {
		case '+':
		case '-':
			return adjusted(Math.max(aWhole, bWhole) + scale + 1, scale);
		case '*':
			return adjusted(a.precision + b.precision + 1, a.scale + b.scale);
		case '/': {
			const divided = Math.max(LEAST_SCALE, a.scale + b.precision + 1);
			return adjusted(aWhole + b.scale + divided, divided);
		}
		case '%':
			return adjusted(Math.min(aWhole, bWhole) + scale, scale);
		default:
			throw unsupported(`${operator} on decimals`);
	}
}

const duck = (shape: DecimalShape): string => `DECIMAL(${shape.precision},${shape.scale})`;
export const asDecimal = (shape: DecimalShape): SqlType =>
	decimalType(shape.precision, shape.scale);

/** The unscaled value of a decimal as HUGEINT: 12.34 → 1234. */
export function unscaled(sql: string, shape: DecimalShape): string {
	if (shape.scale === 0) return `CAST(${sql} AS HUGEINT)`;
	const wide = { precision: Math.max(WIDE, shape.precision), scale: shape.scale };
	if (wide.precision + shape.scale + 1 <= MAX) {
		const power = `1${'0'.repeat(shape.scale)}`;
		return `CAST(CAST(${sql} AS ${duck(wide)}) * CAST(${power} AS DECIMAL(${shape.scale + 1},0)) AS HUGEINT)`;
	}
	return `CAST(replace(CAST(CAST(${sql} AS ${duck(shape)}) AS VARCHAR), '.', '') AS HUGEINT)`;
}

/** The decimal of an unscaled HUGEINT: 1234 → 12.34. */
export function rescaled(sql: string, shape: DecimalShape): string {
	if (shape.scale === 0) return `CAST(${sql} AS ${duck(shape)})`;
	const unit = `0.${'0'.repeat(shape.scale - 1)}1`;
	return `CAST(CAST(${sql} AS DECIMAL(38,0)) * CAST('${unit}' AS DECIMAL(${shape.scale},${shape.scale})) AS ${duck(shape)})`;
}

function times(sql: string, zeros: number): string {
	return zeros === 0 ? sql : `${sql} * CAST('1${'0'.repeat(zeros)}' AS HUGEINT)`;
}

/**
 * Exact division with HALF_UP rounding to the scale of the result. The divisor must not be zero.
 * Beyond 128 bits DuckDB raises an overflow, never a wrong value.
 */
export function divideDecimals(
	left: string,
	a: DecimalShape,
	right: string,
	b: DecimalShape,
	result: DecimalShape,
): string {
	const shift = result.scale - a.scale + b.scale;
	const numerator = times(unscaled(left, a), Math.max(shift, 0));
	const denominator = times(unscaled(right, b), Math.max(-shift, 0));
	return rescaled(
		onceEach(numerator, denominator, (n, d) => `dbx_half_up(${n}, ${d})`),
		result,
	);
}

/** Addition, subtraction, multiplication and remainder, exact and rounded half up to the result. */
export function combineDecimals(
	operator: string,
	left: string,
	a: DecimalShape,
	right: string,
	b: DecimalShape,
	result: DecimalShape,
): string {
	if (operator === '*') {
		const scale = a.scale + b.scale;
		if (scale > MAX) throw unsupported('a product of decimals with more than 38 decimals');
		const wide = Math.min(MAX, a.precision + b.precision);
		const first = { precision: Math.max(WIDE, a.precision), scale: a.scale };
		const product = `CAST(${left} AS ${duck(first)}) * CAST(${right} AS ${duck(b)})`;
		return `CAST(CAST(${product} AS DECIMAL(${wide},${scale})) AS ${duck(result)})`;
	}
	const scale = Math.max(a.scale, b.scale);
	const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
	const wide = `DECIMAL(${Math.min(MAX, whole + scale)},${scale})`;
	return `CAST(CAST(${left} AS ${wide}) ${operator} CAST(${right} AS ${wide}) AS ${duck(result)})`;
}
