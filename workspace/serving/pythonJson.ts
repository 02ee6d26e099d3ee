import { pythonRepr } from './pythonText';
import type { PythonValue } from './pythonValue';

/** What `json.loads` raises; `message` carries the position as Python 3.11 words it. */
export class JsonDecodeError extends Error {
	constructor(problem: string, text: string, position: number) {
		const before = text.slice(0, position);
		const line = before.split('\n').length;
		const column = position - before.lastIndexOf('\n');
		super(`${problem}: line ${line} column ${column} (char ${position})`);
	}

	/** `JSONDecodeError('…')` */
	get repr(): string {
		return `JSONDecodeError(${pythonRepr(this.message)})`;
	}
}

const escapes: Record<string, string> = {
	'"': '"',
	'\\': '\\',
	'/': '/',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
};
const literals: readonly [string, PythonValue][] = [
	['null', null],
	['true', true],
	['false', false],
	['NaN', NaN],
	['Infinity', Infinity],
	['-Infinity', -Infinity],
];

/**
 * Reads JSON the way the MLflow scoring server does, which is Python's: NaN and Infinity are
 * numbers, a byte order mark is skipped, digits are never lost. Throws JsonDecodeError.
 */
export function parsePythonJson(source: string): PythonValue {
	return new Reader(source.replace(/^\ufeff/, '')).document();
}

class Reader {
	private at = 0;

	constructor(private readonly text: string) {}

	document(): PythonValue {
		this.skipSpace();
		const value = this.value();
		this.skipSpace();
		if (this.at < this.text.length) throw this.error('Extra data');
		return value;
	}

	private value(): PythonValue {
		const character = this.text[this.at];
		if (character === '"') return this.string();
		if (character === '{') return this.object();
		if (character === '[') return this.array();
		for (const [word, value] of literals) {
			if (!this.text.startsWith(word, this.at)) continue;
			this.at += word.length;
			return value;
		}
		return this.number();
	}

	private number(): PythonValue {
		const pattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
		pattern.lastIndex = this.at;
		const match = pattern.exec(this.text);
		if (!match) throw this.error('Expecting value');
		this.at = pattern.lastIndex;
		const [digits, fraction, exponent] = match;
		return fraction === undefined && exponent === undefined ? BigInt(digits) : Number(digits);
	}

	private array(): PythonValue[] {
		const items: PythonValue[] = [];
		this.at++;
		this.skipSpace();
		if (this.take(']')) return items;
		for (;;) {
			items.push(this.value());
			this.skipSpace();
			if (this.take(']')) return items;
			if (!this.take(',')) throw this.error("Expecting ',' delimiter");
			this.skipSpace();
		}
	}

	private object(): Map<string, PythonValue> {
		const members = new Map<string, PythonValue>();
		this.at++;
		this.skipSpace();
		if (this.take('}')) return members;
		for (;;) {
			if (this.text[this.at] !== '"') {
				throw this.error('Expecting property name enclosed in double quotes');
			}
			const name = this.string();
			this.skipSpace();
			if (!this.take(':')) throw this.error("Expecting ':' delimiter");
			this.skipSpace();
			members.set(name, this.value());
			this.skipSpace();
			if (this.take('}')) return members;
			if (!this.take(',')) throw this.error("Expecting ',' delimiter");
			this.skipSpace();
		}
	}

	private string(): string {
		const start = this.at++;
		let result = '';
		for (;;) {
			const character = this.text[this.at];
			if (character === undefined) throw this.error('Unterminated string starting at', start);
			if (character < ' ') throw this.error('Invalid control character at');
			this.at++;
			if (character === '"') return result;
			result += character === '\\' ? this.escape(start) : character;
		}
	}

	private escape(start: number): string {
		const character = this.text[this.at];
		if (character === undefined) throw this.error('Unterminated string starting at', start);
		if (character === 'u') {
			const digits = this.text.slice(this.at + 1, this.at + 5);
			if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.error('Invalid \\uXXXX escape');
			this.at += 5;
			return String.fromCharCode(parseInt(digits, 16));
		}
		const plain = escapes[character];
		if (plain === undefined) throw this.error('Invalid \\escape', this.at - 1);
		this.at++;
		return plain;
	}

	private skipSpace(): void {
		while (/[ \t\n\r]/.test(this.text[this.at] ?? '')) this.at++;
	}

	private take(character: string): boolean {
		if (this.text[this.at] !== character) return false;
		this.at++;
		return true;
	}

	private error(problem: string, position = this.at): JsonDecodeError {
		return new JsonDecodeError(problem, this.text, position);
	}
}
