import { invalidIdentifier, syntaxError, type SqlError } from '../sqlError';
import type { SqlType } from '../sqlType';
import { tokenize, type Token } from '../tokens';
import { readType } from '../types/typeReader';

/** A position in the tokens of one statement; the base of every parser of this workspace. */
export class Cursor {
	readonly text: string;
	protected readonly tokens: Token[];
	protected at = 0;

	constructor(text: string) {
		this.text = text;
		this.tokens = tokenize(text);
	}

	peek(ahead = 0): Token {
		const token = this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)];
		if (token === undefined) throw syntaxError(this.text, this.text.length, '');
		return token;
	}

	next(): Token {
		const token = this.peek();
		if (token.kind !== 'end') this.at += 1;
		return token;
	}

	/** The end offset of the token before the current one. */
	get lastEnd(): number {
		return this.tokens[this.at - 1]?.end ?? 0;
	}

	get position(): number {
		return this.at;
	}

	rewind(position: number): void {
		this.at = position;
	}

	/** Whether nothing follows, or a semicolon and nothing. */
	get atEnd(): boolean {
		return this.peek().kind === 'end' || (this.isSymbol(';') && this.peek(1).kind === 'end');
	}

	isWord(word: string, ahead = 0): boolean {
		const token = this.peek(ahead);
		return token.kind === 'word' && token.text.toUpperCase() === word;
	}

	isSymbol(symbol: string, ahead = 0): boolean {
		const token = this.peek(ahead);
		return token.kind === 'symbol' && token.text === symbol;
	}

	/** Whether the next tokens are these words. */
	areWords(...words: string[]): boolean {
		return words.every((word, index) => this.isWord(word, index));
	}

	acceptWords(...words: string[]): boolean {
		if (!this.areWords(...words)) return false;
		this.at += words.length;
		return true;
	}

	acceptWord(...anyOf: string[]): string | undefined {
		const found = anyOf.find((word) => this.isWord(word));
		if (found !== undefined) this.at += 1;
		return found;
	}

	acceptSymbol(symbol: string): boolean {
		if (!this.isSymbol(symbol)) return false;
		this.at += 1;
		return true;
	}

	expectWord(word: string): void {
		if (!this.acceptWords(word)) throw this.error();
	}

	expectSymbol(symbol: string): void {
		if (!this.acceptSymbol(symbol)) throw this.error();
	}

	expectEnd(): void {
		while (this.acceptSymbol(';')) continue;
		if (this.peek().kind === 'end') return;
		const token = this.peek();
		throw syntaxError(this.text, token.start, token.text, this.peek(1).kind === 'end');
	}

	/** A syntax error at the current token. */
	error(): SqlError {
		const token = this.peek();
		const isLast = token.text.startsWith("'") && this.peek(1).kind === 'end';
		return syntaxError(this.text, token.start, token.text, isLast);
	}

	/** A syntax error at the token before the current one. */
	errorBefore(): SqlError {
		this.at -= 1;
		return this.error();
	}

	isIdentifier(ahead = 0): boolean {
		const kind = this.peek(ahead).kind;
		return kind === 'word' || kind === 'quoted';
	}

	/**
	 * Reads a name. Unquoted ones hold ASCII letters, digits and underscores.
	 * @throws SqlError INVALID_IDENTIFIER for other letters without back quotes
	 */
	identifier(): string {
		return this.word();
	}

	private word(): string {
		if (!this.isIdentifier()) throw this.error();
		const token = this.next();
		if (token.kind === 'word' && !/^[A-Za-z0-9_]+$/.test(token.text)) {
			throw invalidIdentifier(token.text, { text: this.text, offset: token.start });
		}
		return token.value;
	}

	/** Reads `a.b.c` of a table, schema or function. */
	qualifiedName(): string[] {
		const parts = [this.namePart()];
		while (this.isSymbol('.') && this.isIdentifier(1)) {
			this.next();
			parts.push(this.namePart());
		}
		return parts;
	}

	/** Reads a name that cannot be followed by a minus: `a-b` without back quotes is INVALID_IDENTIFIER. */
	protected namePart(): string {
		const first = this.peek();
		const name = this.word();
		const hyphen = this.peek();
		if (first.kind === 'word' && this.isSymbol('-') && hyphen.start === first.end) {
			const after = this.peek(1);
			if ((after.kind === 'word' || after.kind === 'number') && after.start === hyphen.end) {
				throw invalidIdentifier(`${name}-${after.text}`, { text: this.text, offset: hyphen.start });
			}
		}
		return name;
	}

	/** Reads `(a, b, c)`. */
	nameList(): string[] {
		this.expectSymbol('(');
		const names = [this.identifier()];
		while (this.acceptSymbol(',')) names.push(this.identifier());
		this.expectSymbol(')');
		return names;
	}

	type(): SqlType {
		const { type, next } = readType(this.text, this.tokens, this.at);
		this.at = next;
		return type;
	}

	/** The source text between two offsets. */
	slice(start: number, end: number): string {
		return this.text.slice(start, end);
	}
}
