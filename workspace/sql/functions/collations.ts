import { coerce, wrongArgument } from '../casts/coercion';
import { SqlError } from '../sqlError';
import { STRING, typeText } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { collatedType } from '../types/collations';
import { derive } from '../types/typed';
import { argument, literalText } from './define';
import type { ScalarFunction } from './signature';

const collate: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const text = argument(args, 0, site);
		const name = argument(args, 1, site);
		if (name.literal !== undefined && name.type.kind !== 'string') {
			throw new SqlError(
				'UNEXPECTED_INPUT_TYPE',
				'42K09',
				`Parameter first of function \`collate\` requires the "STRING" type, however "${name.label}" has the type "${typeText(name.type)}".`,
			);
		}
		const type = collatedType(literalText(name, 'collate with a name'));
		if (!['string', 'collated', 'void'].includes(text.type.kind)) {
			throw wrongArgument(site.label, 0, '"STRING"', text);
		}
		const { sql } = coerce(coerce(text, STRING), type);
		const fallible = type.kind === 'collated' ? { fallible: true } : {};
		return derive(sql, type, site.label, [text], { explicitCollation: true, ...fallible });
	},
};

const collation: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const text = argument(args, 0, site);
		if (!['string', 'collated', 'void'].includes(text.type.kind)) {
			throw wrongArgument(site.label, 0, '"STRING"', text);
		}
		const name = text.type.kind === 'collated' ? text.type.collation : 'UTF8_BINARY';
		return derive(sqlString(`SYSTEM.BUILTIN.${name}`), STRING, site.label, [text]);
	},
};

export const COLLATIONS: [string, ScalarFunction][] = [
	['collate', collate],
	['collation', collation],
];

/** Functions whose result for a text under UTF8_LCASE was compared with Spark 4.1. */
const TAKES_COLLATED = new Set([
	...COLLATIONS.map(([name]) => name),
	...'string typeof length isnull isnotnull coalesce ifnull nvl if iff'.split(' '),
	...'count min max first any_value'.split(' '),
]);

export const takesCollated = (name: string): boolean => TAKES_COLLATED.has(name);
