import { asText } from '../casts/coercion';
import {
	matchSql,
	readRegex,
	searchedText,
	writeReplacement,
	type Regex,
} from '../operators/regex';
import { SqlError, unsupported } from '../sqlError';
import { arrayType, BOOLEAN, STRING } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { derive, once } from '../types/typed';
import { argument, literalText } from './define';
import type { ScalarFunction } from './signature';

/** Only literal separators and common regular expressions; trailing empty parts stay. */
const split: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const pattern = argument(args, 1, site);
		const regex = literalText(pattern, 'split with a separator');
		if (regex === '') throw unsupported('split with an empty separator');
		const plain = /^(?:[^\\^$.|?*+()[\]{}]|\\[^A-Za-z0-9])+$/.test(regex);
		const sql = plain
			? `string_split(${text.sql}, ${sqlString(regex.replace(/\\(.)/g, '$1'))})`
			: splitSql(text.sql, readRegex(pattern, 'split'), regex);
		return derive(sql, arrayType(STRING), `split(${text.label}, ${pattern.label}, -1)`, [
			text,
			pattern,
		]);
	},
};

function splitSql(text: string, regex: Regex, pattern: string): string {
	if (regex.matchesEmpty) {
		throw unsupported(`split by a pattern that matches the empty text: ${pattern}`);
	}
	return `string_split_regex(${searchedText(text, regex)}, ${regex.sql})`;
}

const regexpExtract: ScalarFunction = {
	args: [2, 3],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const pattern = argument(args, 1, site);
		const regex = readRegex(pattern, 'regexp_extract');
		const group = args[2] === undefined ? '1' : literalText(args[2], 'regexp_extract with a group');
		const { groups } = regex;
		if (!/^\d+$/.test(group) || Number(group) > groups) {
			throw new SqlError(
				'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX',
				'22023',
				`The value of parameter(s) \`idx\` in \`regexp_extract\` is invalid: Expects group index between 0 and ${groups}, but got ${group}.`,
			);
		}
		const label =
			args[2] === undefined ? `regexp_extract(${text.label}, ${pattern.label}, 1)` : site.label;
		const sql = `regexp_extract(${searchedText(text.sql, regex)}, ${regex.sql}, ${group})`;
		return derive(sql, STRING, label, [text, pattern]);
	},
};

const regexpReplace: ScalarFunction = {
	args: [3, 3],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const pattern = argument(args, 1, site);
		const regex = readRegex(pattern, 'regexp_replace');
		const by = literalText(argument(args, 2, site), 'regexp_replace with a replacement');
		if (regex.matchesEmpty && !regex.anchored && by !== '') {
			throw unsupported(
				`regexp_replace of a pattern that matches the empty text: ${pattern.literal?.value ?? ''}`,
			);
		}
		const sql = replaceSql(text.sql, regex, pattern.literal?.value ?? '', by);
		const label = `regexp_replace(${text.label}, ${pattern.label}, ${by}, 1)`;
		return derive(sql, STRING, label, [text, pattern]);
	},
};

function replaceSql(text: string, regex: Regex, pattern: string, by: string): string {
	const replacement = writeReplacement(by, regex.groups);
	if (replacement !== undefined) {
		return `regexp_replace(${searchedText(text, regex)}, ${regex.sql}, ${sqlString(replacement)}, 'g')`;
	}
	const before = '[INVALID_REGEXP_REPLACE] Could not perform regexp_replace for source = "';
	const after = `", pattern = "${pattern}", replacement = "${by}" and position = 1. SQLSTATE: 22023`;
	return once(text, (v) => {
		const failure = `error(${sqlString(before)} || ${v} || ${sqlString(after)})`;
		return `CASE WHEN ${matchSql(v, regex)} THEN ${failure} ELSE ${v} END`;
	});
}

const regexpLike: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const pattern = argument(args, 1, site);
		const sql = matchSql(text.sql, readRegex(pattern, site.name));
		const label = `${site.name.toUpperCase()}(${text.label}, ${pattern.label})`;
		return derive(sql, BOOLEAN, label, [text, pattern]);
	},
};

export const REGEXES: [string, ScalarFunction][] = [
	['split', split],
	['regexp_extract', regexpExtract],
	['regexp_replace', regexpReplace],
	['regexp_like', regexpLike],
	['regexp', regexpLike],
	['rlike', regexpLike],
];
