import { doubleText } from '../operators/numberText';
import type { Variant } from './value';

/** Thrown where a text is no JSON to Spark. */
export class MalformedJson extends Error {}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;
const WORDS: [word: string, value: Variant][] = [
	['null', null],
	['true', true],
	['false', false],
];
const ESCAPES: Record<string, string> = {
	'"': '"',
	'\\': '\\',
	'/': '/',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
};

/**
 * A VARIANT of JSON text, as parse_json of Spark 4.1 reads it: whole numbers become BIGINT, other
 * numbers without an exponent DECIMAL while they fit 38 digits, the rest DOUBLE. Keys that come
 * twice are an error; what stands after the first value is not looked at.
 * @throws MalformedJson
 */
export function readJson(text: string): Variant {
	const reader = new Reader(text);
	const value = reader.value();
	reader.afterRoot();
	return value;
}

/** Whether a text begins as JSON and ends before its first value does. */
export function isCutOff(text: string): boolean {
	const reader = new Reader(text);
	try {
		reader.value();
		return false;
	} catch (error) {
		if (error instanceof MalformedJson) return reader.isAtEnd;
		throw error;
	}
}

class Reader {
	private at = 0;

	constructor(private readonly text: string) {}

	get isAtEnd(): boolean {
		return this.at >= this.text.length;
	}

	value(): Variant {
		this.space();
		const char = this.text[this.at];
		if (char === '{') return this.object();
		if (char === '[') return this.array();
		if (char === '"') return { tag: 's', text: this.string() };
		for (const [word, value] of WORDS) {
			if (!this.text.startsWith(word, this.at)) continue;
			this.at += word.length;
			if (/[\w$]/.test(this.text[this.at] ?? '')) throw new MalformedJson();
			return value;
		}
		return this.number();
	}

	/** A number at the root must end where a value can end. */
	afterRoot(): void {
		const before = this.text[this.at - 1] ?? '';
		const after = this.text[this.at] ?? ' ';
		if (/\d/.test(before) && !/[ \t\r\n]/.test(after)) throw new MalformedJson();
	}

	private space(): void {
		SPACE.lastIndex = this.at;
		this.at += SPACE.exec(this.text)?.[0].length ?? 0;
	}

	private accept(char: string): boolean {
		this.space();
		if (this.text[this.at] !== char) return false;
		this.at += 1;
		return true;
	}

	private expect(char: string): void {
		if (!this.accept(char)) throw new MalformedJson();
	}

	private object(): Variant {
		const fields = new Map<string, Variant>();
		this.expect('{');
		if (this.accept('}')) return fields;
		do {
			this.space();
			const key = this.string();
			if (fields.has(key)) throw new MalformedJson();
			this.expect(':');
			fields.set(key, this.value());
		} while (this.accept(','));
		this.expect('}');
		return fields;
	}

	private array(): Variant {
		const items: Variant[] = [];
		this.expect('[');
		if (this.accept(']')) return items;
		do items.push(this.value());
		while (this.accept(','));
		this.expect(']');
		return items;
	}

	private string(): string {
		if (this.text[this.at] !== '"') throw new MalformedJson();
		let result = '';
		for (this.at += 1; ; this.at += 1) {
			const char = this.text[this.at];
			// A control character must be escaped.
			if (char === undefined || char < ' ') throw new MalformedJson();
			if (char === '"') break;
			result += char === '\\' ? this.escape() : char;
		}
		this.at += 1;
		return result;
	}

	private escape(): string {
		this.at += 1;
		const char = this.text[this.at] ?? '';
		const plain = ESCAPES[char];
		if (plain !== undefined) return plain;
		const hex = this.text.slice(this.at + 1, this.at + 5);
		if (char !== 'u' || !/^[\da-fA-F]{4}$/.test(hex)) throw new MalformedJson();
		this.at += 4;
		return String.fromCharCode(Number.parseInt(hex, 16));
	}

	private number(): Variant {
		NUMBER.lastIndex = this.at;
		const match = NUMBER.exec(this.text);
		if (match === null) throw new MalformedJson();
		const [text, fraction, exponent] = match;
		this.at += text.length;
		if (/[\w.+-]/.test(this.text[this.at] ?? '')) throw new MalformedJson();
		if (exponent === undefined) {
			const whole = BigInt(fraction === undefined ? text : 0);
			if (fraction === undefined && BigInt.asIntN(64, whole) === whole) {
				return { tag: 'i', text: String(whole) };
			}
			const exact = decimalOf(text, fraction?.slice(1) ?? '');
			if (exact !== undefined) return { tag: 'n', text: exact };
		}
		const value = Number(text);
		return { tag: 'e', text: Number.isFinite(value) ? doubleText(value) : String(value) };
	}
}

/** A decimal of up to 38 digits without zeros at its end; undefined beyond. */
function decimalOf(text: string, fraction: string): string | undefined {
	const digits = text.replace(/[-.]/g, '').replace(/^0+(?=\d)/, '');
	if (fraction.length > 38 || digits.length > 38) return undefined;
	const short = fraction === '' ? text : text.replace(/\.?0+$/, '');
	return short === '-0' ? '0' : short;
}
