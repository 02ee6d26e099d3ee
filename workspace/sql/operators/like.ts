import { SqlError, unsupported } from '../sqlError';
import { BOOLEAN } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { derive, type Typed } from '../types/typed';

/** What Java's regular expressions and RE2 read alike; everything else is refused. */
const COMMON_REGEX =
	/^(?:\(\?i\))?(?:[^\\()[\]+*?{}]|\\[dDwWs.\\^$|?*+()[\]{}/\-tnr]|\((?!\?)|\(\?:|\)|\[\^?(?:[^\\[\]&]|\\[dDws.\\^$|?*+()[\]{}/\-tnr])+\]|[+*?](?![+])|\{\d+(?:,\d*)?\}(?![+]))*$/;

/** The text of a constant regular expression that means the same to DuckDB. */
export function commonRegex(pattern: Typed, name: string): string {
	const text = pattern.literal?.value;
	if (text === undefined) throw unsupported(`${name} with a pattern that is no constant`);
	if (text === null) return 'NULL';
	try {
		new RegExp(text.replace(/^\(\?i\)/, ''));
	} catch {
		throw new SqlError(
			'INVALID_PARAMETER_VALUE.PATTERN',
			'22023',
			`The value of parameter(s) \`regexp\` in \`${name}\` is invalid: '${text}'.`,
		);
	}
	if (!COMMON_REGEX.test(text)) {
		throw unsupported(`this regular expression in ${name}: ${text}`);
	}
	return sqlString(text);
}

/**
 * The text that a regular expression is applied to; refused where Java, which Spark uses, and RE2
 * part ways: `$` before a last line end, `.` at line ends other than a newline, `\\s` and the
 * vertical tab, letter case beyond ASCII.
 */
export function regexText(text: string, pattern: Typed): string {
	const regex = pattern.literal?.value ?? '';
	const plain = regex.replace(/\\[^sS]/g, '');
	const odd = [
		...(plain.includes('$') ? ['[\\n\\r\\x{85}\\x{2028}\\x{2029}]\\z'] : []),
		...(plain.includes('.') ? ['[\\r\\x{85}\\x{2028}\\x{2029}]'] : []),
		...(/\\s/i.test(plain) ? ['\\x{0B}'] : []),
		...(plain.includes('(?i)') ? ['[^\\x{00}-\\x{7F}]'] : []),
	];
	return odd.length === 0 ? text : `dbx_regex_text(${text}, ${sqlString(odd.join('|'))})`;
}

export const likePattern = {
	/** RLIKE: the pattern may match anywhere in the text. */
	regular(value: Typed, pattern: Typed, label: string): Typed {
		const regex = commonRegex(pattern, 'rlike');
		return derive(`regexp_matches(${regexText(value.sql, pattern)}, ${regex})`, BOOLEAN, label, [
			value,
			pattern,
		]);
	},

	/** @throws SqlError INVALID_FORMAT when the escape character stands before another character */
	check(pattern: Typed, escape = '\\'): void {
		const text = pattern.literal?.value;
		if (text === undefined) {
			throw unsupported('LIKE with a pattern that is no constant; use contains or startswith');
		}
		if (text === null) return;
		if ([...escape].length !== 1) {
			throw new SqlError(
				'INVALID_ESCAPE_CHAR',
				'42604',
				'`EscapeChar` should be a string literal of length one.',
			);
		}
		for (let index = 0; index < text.length; index += 1) {
			if (text[index] !== escape) continue;
			const next = text[index + 1];
			index += 1;
			if (next === '%' || next === '_' || next === escape) continue;
			const where = next === undefined ? 'ESC_AT_THE_END' : 'ESC_IN_THE_MIDDLE';
			const why =
				next === undefined
					? 'The escape character is not allowed to end with.'
					: `The escape character is not allowed to precede '${next}'.`;
			throw new SqlError(
				`INVALID_FORMAT.${where}`,
				'42601',
				`The format is invalid: '${text}'. ${why}`,
			);
		}
	},
};
