import { syntaxError } from '../sql/sqlError';
import { tokenize, type Token } from '../sql/tokens';

/** Walks over the tokens of one statement. Keywords compare without regard to case. */
export class StatementReader {
	private readonly tokens: Token[];
	private at = 0;

	constructor(readonly statement: string) {
		this.tokens = tokenize(statement);
	}

	get token(): Token {
		return this.tokens[this.at] ?? this.last;
	}

	/** Takes the words if they come next, all of them or none. */
	take(...words: string[]): boolean {
		const found = words.every((word, i) => isWord(this.tokens[this.at + i], word));
		if (found) this.at += words.length;
		return found;
	}

	/** Throws SqlError PARSE_SYNTAX_ERROR unless the words come next. */
	expect(...words: string[]): void {
		for (const word of words) if (!this.take(word)) throw this.unexpected();
	}

	takeSymbol(symbol: string): boolean {
		const found = this.token.kind === 'symbol' && this.token.text === symbol;
		if (found) this.at++;
		return found;
	}

	expectSymbol(symbol: string): void {
		if (!this.takeSymbol(symbol)) throw this.unexpected();
	}

	/** A string literal's value. */
	text(): string {
		if (this.token.kind !== 'string') throw this.unexpected();
		return this.advance().value;
	}

	/** One part of a name, with backticks or without. */
	name(): string {
		if (this.token.kind !== 'word' && this.token.kind !== 'quoted') throw this.unexpected();
		return this.advance().value;
	}

	/** A name of one or more parts joined by dots. */
	dottedName(): string[] {
		const parts = [this.name()];
		while (this.takeSymbol('.')) parts.push(this.name());
		return parts;
	}

	/** Everything up to the parenthesis that closes the one already taken, which is taken too. */
	insideParentheses(): string {
		const start = this.token.start;
		for (let depth = 1; ; ) {
			const token = this.advance();
			if (token.kind === 'end') throw this.unexpected();
			if (token.kind !== 'symbol') continue;
			if (token.text === '(') depth++;
			if (token.text === ')' && --depth === 0)
				return this.statement.slice(start, token.start).trim();
		}
	}

	/** The rest of the statement as it was written. */
	rest(): string {
		return this.statement.slice(this.token.start).trim();
	}

	unexpected(): Error {
		return syntaxError(this.statement, this.token.start, this.token.text);
	}

	advance(): Token {
		const { token } = this;
		if (token.kind !== 'end') this.at++;
		return token;
	}

	private get last(): Token {
		const { length } = this.statement;
		return { kind: 'end', text: '', value: '', start: length, end: length };
	}
}

export function isWord(token: Token | undefined, word: string): boolean {
	return token?.kind === 'word' && token.text.toUpperCase() === word;
}
