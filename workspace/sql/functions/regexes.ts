import { asText } from '../casts/coercion';
import { commonRegex, regexText } from '../operators/like';
import { SqlError, unsupported } from '../sqlError';
import { arrayType, BOOLEAN, STRING } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { derive } from '../types/typed';
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
			: `string_split_regex(${regexText(text.sql, pattern)}, ${commonRegex(pattern, 'split')})`;
		return derive(sql, arrayType(STRING), `split(${text.label}, ${pattern.label}, -1)`, [
			text,
			pattern,
		]);
	},
};

const regexpExtract: ScalarFunction = {
	args: [2, 3],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const pattern = argument(args, 1, site);
		const regex = commonRegex(pattern, 'regexp_extract');
		const group = args[2] === undefined ? '1' : literalText(args[2], 'regexp_extract with a group');
		const groups = [...(pattern.literal?.value ?? '').matchAll(/(?<!\\)\((?!\?)/g)].length;
		if (!/^\d+$/.test(group) || Number(group) > groups) {
			throw new SqlError(
				'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX',
				'22023',
				`The value of parameter(s) \`idx\` in \`regexp_extract\` is invalid: Expects group index between 0 and ${groups}, but got ${group}.`,
			);
		}
		const label =
			args[2] === undefined ? `regexp_extract(${text.label}, ${pattern.label}, 1)` : site.label;
		return derive(
			`regexp_extract(${regexText(text.sql, pattern)}, ${regex}, ${group})`,
			STRING,
			label,
			[text, pattern],
		);
	},
};

const regexpReplace: ScalarFunction = {
	args: [3, 3],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const pattern = argument(args, 1, site);
		const regex = commonRegex(pattern, 'regexp_replace');
		const by = literalText(argument(args, 2, site), 'regexp_replace with a replacement');
		if (/\\(?!\$)/.test(by))
			throw unsupported('regexp_replace with a backslash in the replacement');
		const replacement = by
			.replace(/\\\$/g, '\0')
			.replace(/\$(\d)/g, '\\$1')
			.replaceAll('\0', '$');
		const sql = `regexp_replace(${regexText(text.sql, pattern)}, ${regex}, ${sqlString(replacement)}, 'g')`;
		const label = `regexp_replace(${text.label}, ${pattern.label}, ${by}, 1)`;
		return derive(sql, STRING, label, [text, pattern]);
	},
};

const regexpLike: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const pattern = argument(args, 1, site);
		const sql = `regexp_matches(${regexText(text.sql, pattern)}, ${commonRegex(pattern, site.name)})`;
		return derive(sql, BOOLEAN, site.label, [text, pattern]);
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
