import { unsupported } from '../sqlError';

/** Pattern letters of date_format and what strftime calls them; the rest is refused. */
const PRINT: Record<string, string> = {
	yyyy: '%Y',
	yy: '%y',
	MM: '%m',
	M: '%-m',
	MMM: '%b',
	MMMM: '%B',
	dd: '%d',
	d: '%-d',
	HH: '%H',
	H: '%-H',
	hh: '%I',
	h: '%-I',
	mm: '%M',
	m: '%-M',
	ss: '%S',
	s: '%-S',
	SSS: '%g',
	SSSSSS: '%f',
	a: '%p',
	E: '%a',
	EEE: '%a',
	EEEE: '%A',
	DDD: '%j',
};

type Piece = { letters: string } | { text: string };

/** The pieces of a Java date pattern: runs of a letter, and literal text. */
function pieces(pattern: string): Piece[] {
	const found: Piece[] = [];
	const matcher = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g;
	let length = 0;
	for (const match of pattern.matchAll(matcher)) {
		length += match[0].length;
		if (match[1] !== undefined)
			found.push({ text: match[0] === "''" ? "'" : match[1].replaceAll("''", "'") });
		else if (match[2] !== undefined) found.push({ letters: match[0] });
		else found.push({ text: match[0] });
	}
	if (length !== pattern.length || /[[\]{}#]/.test(pattern)) {
		throw unsupported(`the date pattern ${pattern}`);
	}
	return found;
}

/** The strftime format of a date_format pattern. @throws SqlError 0A000 naming unknown letters */
export function printFormat(pattern: string): string {
	return pieces(pattern)
		.map((piece) => {
			if ('text' in piece) return piece.text.replaceAll('%', '%%');
			const format = PRINT[piece.letters];
			if (format === undefined) {
				throw unsupported(`the letters ${piece.letters} in the date pattern ${pattern}`);
			}
			return format;
		})
		.join('');
}

const READ: Record<string, [group: string, regex: string]> = {
	yyyy: ['y', '[0-9]{4}'],
	MM: ['mo', '[0-9]{2}'],
	M: ['mo', '[0-9]{1,2}'],
	dd: ['d', '[0-9]{2}'],
	d: ['d', '[0-9]{1,2}'],
	HH: ['h', '[0-9]{2}'],
	H: ['h', '[0-9]{1,2}'],
	mm: ['mi', '[0-9]{2}'],
	m: ['mi', '[0-9]{1,2}'],
	ss: ['s', '[0-9]{2}'],
	s: ['s', '[0-9]{1,2}'],
	SSS: ['f', '[0-9]{3}'],
	SSSSSS: ['f', '[0-9]{6}'],
};

export interface ReadPattern {
	/** a regular expression of the whole text with one group per field */
	regex: string;
	fields: string[];
}

/** How a text of a to_date or to_timestamp pattern is read. */
export function readFormat(pattern: string): ReadPattern {
	const fields: string[] = [];
	const regex = pieces(pattern)
		.map((piece) => {
			if ('text' in piece) return piece.text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
			const found = READ[piece.letters];
			if (found === undefined || fields.includes(found[0])) {
				throw unsupported(`the letters ${piece.letters} in the date pattern ${pattern}`);
			}
			fields.push(found[0]);
			return `(${found[1]})`;
		})
		.join('');
	if (!fields.includes('y') || (fields.includes('d') && !fields.includes('mo'))) {
		throw unsupported(`the date pattern ${pattern} without year or month`);
	}
	return { regex, fields };
}
