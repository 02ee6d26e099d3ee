import { bareWords, outsideTexts } from './ids';
import { NumberText } from './numberText';

/** A number where JSON may have one; neither a part of something that is no JSON nor a name of a field. */
const numbers = /(?<![\w.+-])-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])(?!\s*:)/g;

/** Where a number may stand; a text that looks so only costs time. */
const mayHaveNumbers = /(?:^|[[,:])\s*-?(?:\d|NaN|Infinity)/;

/**
 * Reads JSON with each number as its text says: `ofNumber` makes a value of the text where JavaScript
 * would write the number in another way, as for `1.10`, `1e3` or `9007199254740993`; unless given, a
 * NumberText. Bare NaN and Infinity become strings. Throws SyntaxError.
 */
export function parseExactJson(
	text: string,
	ofNumber: (text: string) => unknown = (number) => new NumberText(number),
): unknown {
	if (!mayHaveNumbers.test(text)) return JSON.parse(text);
	// Texts that begin with as many U+0000 are not in there, for JSON can write them in this way only.
	let mark = '\\u0000';
	while (text.includes(mark)) mark += mark;
	const marked = outsideTexts(text, (part) =>
		part
			.replace(numbers, (number) =>
				String(Number(number)) === number ? number : `"${mark}${number}"`,
			)
			.replace(bareWords, '"$&"'),
	);
	if (marked.length === text.length) return JSON.parse(text);
	const start = '\0'.repeat(mark.length / '\\u0000'.length);
	return JSON.parse(marked, (_key, value: unknown) =>
		typeof value === 'string' && value.startsWith(start)
			? ofNumber(value.slice(start.length))
			: value,
	);
}

/** The number that a text writes; the text itself where a JavaScript number would be another one. */
export function heldNumber(text: string): number | string {
	const number = Number(text);
	return Number.isFinite(number) && isSameNumber(String(number), text) ? number : text;
}

/** Whether two decimal texts stand for one number: `1.50` and `15e-1`. */
export function isSameNumber(a: string, b: string): boolean {
	return canonical(a) === canonical(b);
}

/** The digits of a decimal text without zeros at either end: three of `-0.01230`. */
export function significantDigits(text: string): number {
	return canonical(text).replace(/^-|e.*/g, '').length;
}

function canonical(text: string): string {
	const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
	if (match === null) return text;
	const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
	const digits = `${whole}${fraction}`.replace(/^0+/, '');
	const kept = digits.replace(/0+$/, '');
	if (kept === '') return 'e0';
	const power = Number(exponent) - fraction.length + digits.length - kept.length;
	return `${sign === '-' ? '-' : ''}${kept}e${power}`;
}
