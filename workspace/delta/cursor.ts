import { SqlError, syntaxError } from '../sql/sqlError';
import { Cursor as TokenCursor } from '../sql/parser/cursor';
import type { Constant } from '../sql/scope';
import type { Token } from '../sql/tokens';
import { parseType } from '../sql/types/typeReader';

/** Reads a command, clause by clause. Keywords match in any letter case; names may be quoted. */
export class Cursor extends TokenCursor {
	constructor(
		text: string,
		private readonly parameters: ReadonlyMap<string, Constant> = new Map(),
	) {
		super(text);
	}

	/** Where the statement begins: the place of what is wrong with it as a whole. */
	get beginning(): { text: string; offset: number } {
		return { text: this.text, offset: this.tokens[0]?.start ?? 0 };
	}

	/** Whether the next tokens are these keywords or symbols. */
	sees(...words: string[]): boolean {
		return words.every((word, index) => isKeyword(this.peek(index), word));
	}

	/** Takes the keywords when they are next. */
	accept(...words: string[]): boolean {
		if (!this.sees(...words)) return false;
		this.at += words.length;
		return true;
	}

	/** The one of these keywords that is next, taken. */
	acceptOne(...words: string[]): string | undefined {
		return words.find((word) => this.accept(word));
	}

	expect(...words: string[]): void {
		for (const word of words) if (!this.accept(word)) throw this.unexpected();
	}

	unexpected(): SqlError {
		const token = this.peek();
		return syntaxError(this.text, token.start, token.text);
	}

	override expectEnd(): void {
		if (!this.atEnd) throw this.unexpected();
	}

	override identifier(): string {
		return this.namePart();
	}

	/** A name of one to many parts, or IDENTIFIER(:parameter | 'text'). */
	name(): string[] {
		if (this.sees('IDENTIFIER', '(')) {
			this.at += 2;
			const text = this.stringOrParameter();
			this.expect(')');
			const inner = new Cursor(text);
			const parts = inner.name();
			if (!inner.atEnd)
				throw new SqlError(
					'PARSE_SYNTAX_ERROR',
					'42601',
					`Syntax error at or near '${inner.peek().text}' in the argument of IDENTIFIER.`,
				);
			return parts;
		}
		const parts = [this.identifier()];
		while (this.accept('.')) parts.push(this.identifier());
		return parts;
	}

	string(): string {
		const token = this.peek();
		if (token.kind !== 'string') throw this.unexpected();
		this.at += 1;
		return token.value;
	}

	private stringOrParameter(): string {
		if (!this.accept(':')) return this.string();
		const name = this.identifier();
		const parameter = this.parameters.get(name);
		if (parameter?.value === undefined || parameter.value === null) {
			throw new SqlError(
				'UNBOUND_SQL_PARAMETER',
				'42P02',
				`Found the unbound parameter: ${name}. Please, fix \`args\` and provide a mapping of the parameter to a value.`,
			);
		}
		return parameter.value;
	}

	wholeNumber(): number {
		const token = this.peek();
		if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw this.unexpected();
		this.at += 1;
		return Number(token.text);
	}

	/** `(a, b, c)` with `item` reading each one. */
	list<T>(item: () => T): T[] {
		this.expect('(');
		const items: T[] = [];
		if (this.accept(')')) return items;
		do items.push(item());
		while (this.accept(','));
		this.expect(')');
		return items;
	}

	/** ('key' = 'value', key.part = 'value' …) as of TBLPROPERTIES and OPTIONS. */
	properties(): Record<string, string> {
		const entries = this.list(() => {
			const key = this.propertyKey();
			this.accept('=');
			return [key, this.propertyValue()] as const;
		});
		return Object.fromEntries(entries);
	}

	propertyKey(): string {
		return this.peek().kind === 'string' ? this.string() : this.name().join('.');
	}

	private propertyValue(): string {
		const token = this.peek();
		const known = token.kind === 'string' || token.kind === 'number' || token.kind === 'word';
		if (!known) throw this.unexpected();
		this.at += 1;
		return token.kind === 'string' ? token.value : token.text;
	}

	/** The text of everything up to the end, without a closing semicolon. */
	rest(): string {
		const start = this.peek().start;
		while (!this.atEnd) this.at += 1;
		const text = this.text.slice(start, this.peek().start).trim();
		if (text === '') throw this.unexpected();
		return text;
	}

	/**
	 * The text up to the first of `stops` outside parentheses and CASE … END, or the end. A stop
	 * may be several keywords, as 'WHEN MATCHED'.
	 */
	until(...stops: string[]): string {
		const start = this.peek().start;
		let depth = 0;
		let end = start;
		while (!this.atEnd) {
			if (depth === 0 && stops.some((stop) => this.sees(...stop.split(' ')))) break;
			if (this.sees('(') || this.sees('[') || this.sees('CASE')) depth += 1;
			if (this.sees(')') || this.sees(']') || (depth > 0 && this.sees('END'))) depth -= 1;
			if (depth < 0) break;
			end = this.peek().end;
			this.at += 1;
		}
		const text = this.text.slice(start, end);
		if (text.trim() === '') throw this.unexpected();
		return text;
	}

	/** The text inside the parentheses that are next. */
	inParentheses(): string {
		this.expect('(');
		const text = this.until(')');
		this.expect(')');
		return text;
	}

	/** Text from a place to here. */
	textSince(position: number): string {
		const first = this.tokens[position];
		const last = this.tokens[this.at - 1];
		return first === undefined || last === undefined ? '' : this.text.slice(first.start, last.end);
	}
}

function isKeyword(token: Token, word: string): boolean {
	if (token.kind !== 'word' && token.kind !== 'symbol') return false;
	return token.text.toUpperCase() === word;
}

/** Parameters of a statement, typed; a type that is not given is STRING. */
export function typedParameters(
	parameters: readonly { name: string; value?: string | null; type?: string }[],
): Map<string, Constant> {
	return new Map(
		parameters.map(({ name, value, type }) => [
			name,
			{ value: value ?? null, type: parseType(type ?? 'STRING') },
		]),
	);
}
