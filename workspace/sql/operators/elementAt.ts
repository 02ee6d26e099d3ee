import { coerce } from '../casts/coercion';
import { SqlError, typeMismatch, unsupported } from '../sqlError';
import { INT, typeText, VARIANT } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { isIntegral } from '../types/commonType';
import { derive, onceEach, type Typed } from '../types/typed';

/** `array[i]` (from 0, an error outside of it) and `map[key]` (NULL for a missing key). */
export function elementAt(operand: Typed, index: Typed): Typed {
	const label = `${operand.label}[${index.label}]`;
	const { type } = operand;
	if (type.kind === 'array') {
		if (!isIntegral(index.type)) {
			throw typeMismatch(
				'UNEXPECTED_INPUT_TYPE',
				label,
				`The second parameter requires the "INTEGRAL" type, however "${index.label}" has the type "${typeText(index.type)}".`,
			);
		}
		const sql = onceEach(
			operand.sql,
			index.sql,
			(a, i) =>
				`CASE WHEN ${i} < 0 OR ${i} >= len(${a}) THEN dbx_index_error(${i}, len(${a})) ELSE ${a}[${i} + 1] END`,
		);
		return derive(sql, type.element, label, [operand, index], { fallible: true });
	}
	if (type.kind === 'map') {
		const key = coerce(index, type.key);
		return derive(`(${operand.sql})[${key.sql}]`, type.value, label, [operand, key]);
	}
	if (type.kind === 'variant') throw unsupported('[] on a VARIANT; use : or variant_get');
	throw new SqlError(
		'INVALID_EXTRACT_BASE_FIELD_TYPE',
		'42000',
		`Can't extract a value from "${operand.label}". Need a complex type [STRUCT, ARRAY, MAP] but got "${typeText(type)}".`,
	);
}

/** `element_at(array, i)`: from 1, negative from the end; `element_at(map, key)`. */
export function elementAtFunction(operand: Typed, index: Typed, tolerant: boolean): Typed {
	const label = `${tolerant ? 'try_' : ''}element_at(${operand.label}, ${index.label})`;
	const { type } = operand;
	if (type.kind === 'map') return { ...elementAt(operand, index), label };
	if (type.kind !== 'array') {
		throw typeMismatch(
			'UNEXPECTED_INPUT_TYPE',
			label,
			`The first parameter requires the ("ARRAY" or "MAP") type, however "${operand.label}" has the type "${typeText(type)}".`,
		);
	}
	const i = coerce(index, INT);
	const sql = onceEach(
		operand.sql,
		i.sql,
		(a, n) =>
			`CASE WHEN ${n} = 0 AND ${a} IS NOT NULL THEN dbx_index_zero() WHEN abs(${n}) > len(${a}) THEN ${tolerant ? 'NULL' : `dbx_element_error(${n}, len(${a}))`} ELSE ${a}[${n}] END`,
	);
	return derive(sql, type.element, label, [operand, i], { fallible: true });
}

const pathStep = (name: string): string => (/^\w+$/.test(name) ? `.${name}` : `["${name}"]`);

/**
 * `variant:path` reads a VARIANT. `text:path` reads JSON in a text; its names match without case,
 * which is not verified here.
 */
export function pathOf(operand: Typed, steps: readonly (string | number)[]): Typed {
	if (operand.type.kind !== 'variant') {
		throw unsupported(`the path ${operand.label}:${steps.join('.')}; use get_json_object`);
	}
	const sql = `dbx_variant_at(${operand.sql}, ${sqlString(JSON.stringify(steps))})`;
	const path = steps.map((step) => (typeof step === 'number' ? `[${step}]` : pathStep(step)));
	const name = steps.findLast((step) => typeof step === 'string') ?? '';
	const alias = String(name);
	const label = `variant_get(${operand.label}, $${path.join('')}) AS ${alias}`;
	return { ...derive(sql, VARIANT, label, [operand]), alias };
}
