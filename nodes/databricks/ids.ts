import { z } from 'zod/v4';
import { DatabricksError } from './errors';
import { NumberText } from './numberText';

/**
 * JSON without loss. Databricks writes 64-bit ids as JSON numbers; a double keeps 53 bits of them.
 * Whole numbers that a double cannot hold are read as strings of their digits, and a `bigint` is
 * written as plain digits.
 */
const longInteger = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Python writes them into its JSON, scoring servers do so for predictions. */
export const bareWords = /-?(?:NaN|Infinity)\b/g;

/** Where such a value may stand; a text that looks so only costs time. */
const mayNeedQuotes = /(?:^|[[,:])\s*-?(?:\d{16}|NaN|Infinity)/;

/**
 * Reads JSON; whole numbers beyond ±(2^53 − 1) become strings, and so do bare NaN and Infinity, which
 * JSON does not have. Throws SyntaxError.
 */
export function parseJson(text: string): unknown {
	return JSON.parse(mayNeedQuotes.test(text) ? quoteWhatJsonCannotHold(text) : text);
}

function quoteWhatJsonCannotHold(text: string): string {
	return outsideTexts(text, (part) =>
		part
			.replace(longInteger, (digits) =>
				Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`,
			)
			.replace(bareWords, '"$&"'),
	);
}

/** JSON with what stands between its strings rewritten. */
export function outsideTexts(text: string, rewrite: (part: string) => string): string {
	const parts: string[] = [];
	let position = 0;
	while (position < text.length) {
		const quote = text.indexOf('"', position);
		parts.push(rewrite(text.slice(position, quote === -1 ? text.length : quote)));
		if (quote === -1) break;
		const after = endOfString(text, quote);
		parts.push(text.slice(quote, after));
		position = after;
	}
	return parts.join('');
}

/** The position after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
	let quote = text.indexOf('"', start + 1);
	while (quote !== -1) {
		let backslashes = 0;
		while (text[quote - 1 - backslashes] === '\\') backslashes++;
		if (backslashes % 2 === 0) return quote + 1;
		quote = text.indexOf('"', quote + 1);
	}
	return text.length;
}

/** Writes JSON like `JSON.stringify`, `bigint` as plain digits and `NumberText` as it is. */
export function writeJson(value: unknown): string {
	return jsonText(value) ?? 'null';
}

function jsonText(value: unknown): string | undefined {
	if (typeof value === 'bigint') return value.toString();
	if (value instanceof NumberText) return value.text;
	if (typeof value !== 'object' || value === null || 'toJSON' in value)
		return JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map((item) => writeJson(item)).join(',')}]`;
	const members: string[] = [];
	for (const [key, member] of Object.entries(value)) {
		const text = jsonText(member);
		if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
	}
	return `{${members.join(',')}}`;
}

/** A 64-bit id in an answer, number or text; a string of digits from here on. */
export const idSchema = z
	.union([z.number().int(), z.string().regex(/^-?\d+$/)])
	.transform((id) => String(id));

/**
 * The number that goes on the wire for an id. Throws DatabricksError (badRequest) when the text is
 * no id; `what` names it in the message ("Job ID").
 */
export function wireId(id: string, what: string): bigint {
	const digits = id.trim();
	if (!/^\d{1,19}$/.test(digits)) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `${what} "${id}" is not a number.`,
			hint: `${what} consists of digits only, as it is shown in the address of the page in Databricks.`,
		});
	}
	return BigInt(digits);
}
