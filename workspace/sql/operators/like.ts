import { SqlError, unsupported } from '../sqlError';
import { BOOLEAN } from '../sqlType';
import { derive, type Typed } from '../types/typed';
import { matchSql, readRegex } from './regex';

export const likePattern = {
	/** RLIKE: the pattern may match anywhere in the text. */
	regular(value: Typed, pattern: Typed, label: string): Typed {
		const regex = readRegex(pattern, 'rlike');
		return derive(matchSql(value.sql, regex), BOOLEAN, label, [value, pattern]);
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
