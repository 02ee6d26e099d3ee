import { castSql } from '../casts/cast';
import { wrongArgument } from '../casts/coercion';
import { NoCast } from '../casts/castRules';
import { textSql } from '../casts/text';
import { toVariant } from '../casts/variant';
import { SqlError, typeMismatch } from '../sqlError';
import { BOOLEAN, STRING, typeText, VARIANT, type SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { parseType } from '../types/typeReader';
import { derive, type Typed } from '../types/typed';
import { stepsOf } from '../variants/path';
import { argument, literalText } from './define';
import type { CallSite, ScalarFunction } from './signature';

const parseJson = (tolerant: boolean): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const json = argument(args, 0, site);
		if (json.type.kind !== 'string' && json.type.kind !== 'void') {
			throw wrongArgument(site.label, 0, '"STRING"', json);
		}
		const name = tolerant ? 'dbx_try_parse_json' : 'dbx_parse_json';
		const text = json.type.kind === 'void' ? 'CAST(NULL AS VARCHAR)' : json.sql;
		const marks = tolerant ? {} : { fallible: true };
		return derive(`${name}(${text})`, VARIANT, site.label, [json], marks);
	},
});

function variantArgument(args: readonly Typed[], site: CallSite): Typed {
	const value = argument(args, 0, site);
	if (value.type.kind === 'variant') return value;
	if (value.type.kind !== 'void') throw wrongArgument(site.label, 0, '"VARIANT"', value);
	return { ...value, sql: 'CAST(NULL AS VARCHAR)', type: VARIANT };
}

/** `variant_get(v, path[, type])`; the type is not a part of its name. */
const variantGet = (tolerant: boolean): ScalarFunction => ({
	args: [2, 3],
	build(args, site) {
		const value = variantArgument(args, site);
		const path = argument(args, 1, site);
		const text = literalText(path, `${site.name} with a path`);
		const steps = stepsOf(text);
		if (steps === undefined) throw invalidPath(text, site.name);
		const type: SqlType =
			args[2] === undefined ? VARIANT : parseType(literalText(args[2], `${site.name} with a type`));
		const label = `${site.name}(${value.label}, ${path.label})`;
		const found = `dbx_variant_at(${value.sql}, ${sqlString(JSON.stringify(steps))})`;
		const mode = tolerant ? 'try' : 'explicit';
		const { sql, fallible } = castSql(found, VARIANT, type, mode, undefined, label);
		return derive(sql, type, label, [value], fallible ? { fallible: true } : {});
	},
});

function invalidPath(path: string, name: string): SqlError {
	return new SqlError(
		'INVALID_VARIANT_GET_PATH',
		'22023',
		`The path \`${path}\` is not a valid variant extraction path in \`\`${name}\`\`.\n` +
			'A valid path should start with `$` and is followed by zero or more segments like `[123]`, `.name`, `[\'name\']`, or `["name"]`.',
	);
}

const isVariantNull: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = variantArgument(args, site);
		return derive(`coalesce(${value.sql} = 'null', FALSE)`, BOOLEAN, site.label, [value]);
	},
};

const schemaOfVariant: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = variantArgument(args, site);
		return derive(`dbx_variant_schema(${value.sql})`, STRING, site.label, [value]);
	},
};

/** Structs and maps as objects. */
const toVariantObject: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		const mismatch = (): SqlError =>
			typeMismatch(
				'CAST_WITHOUT_SUGGESTION',
				site.label,
				`cannot cast "${typeText(value.type)}" to "VARIANT".`,
			);
		if (!['array', 'map', 'struct'].includes(value.type.kind)) throw mismatch();
		try {
			const sql = toVariant(value.sql, value.type, textSql, true);
			return derive(sql, VARIANT, site.label, [value]);
		} catch (error) {
			throw error instanceof NoCast ? mismatch() : error;
		}
	},
};

export const VARIANTS: [string, ScalarFunction][] = [
	['parse_json', parseJson(false)],
	['try_parse_json', parseJson(true)],
	['variant_get', variantGet(false)],
	['try_variant_get', variantGet(true)],
	['is_variant_null', isVariantNull],
	['schema_of_variant', schemaOfVariant],
	['to_variant_object', toVariantObject],
];

/** Functions that take a VARIANT as it is; in all others it would have to be cast or compared. */
const TAKES_VARIANT = new Set([
	...VARIANTS.map(([name]) => name),
	...'to_json coalesce ifnull nvl nvl2 if iff isnull isnotnull typeof array struct named_struct'.split(
		' ',
	),
	...'count first first_value any_value'.split(' '),
]);

export const takesVariant = (name: string): boolean => TAKES_VARIANT.has(name);
