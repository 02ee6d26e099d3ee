/** A value of JSON with the text that it has in its file: digits and blanks stay as they are. */
export type JsonNode =
	| { kind: 'null' | 'boolean' | 'number'; text: string }
	/** Its text is what the string means. */
	| { kind: 'string'; text: string }
	| { kind: 'array'; text: string; items: JsonNode[] }
	| { kind: 'object'; text: string; members: Map<string, JsonNode> };

/** The text is no JSON value, has more behind it, or an object has a member twice. */
export class JsonError extends Error {
	constructor(
		/** The member that comes twice, when that is the reason. */
		readonly twice?: string,
	) {
		super('no JSON value');
	}
}

/** Reads one JSON value with nothing but blanks around it. @throws JsonError */
export function jsonNode(text: string): JsonNode {
	const reader = new Reader(text);
	const node = reader.value();
	reader.end();
	return node;
}

const literal = /null|true|false/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** What a string does not hold as it is. */
const special = /[\\\u0000-\u001f]/;

class Reader {
	private at = 0;

	constructor(private readonly text: string) {}

	end(): void {
		this.skipBlanks();
		if (this.at < this.text.length) throw new JsonError();
	}

	value(): JsonNode {
		this.skipBlanks();
		const start = this.at;
		const sinceStart = () => this.text.slice(start, this.at);
		switch (this.text[start]) {
			case '{': {
				const members = new Map<string, JsonNode>();
				this.list('}', () => this.member(members));
				return { kind: 'object', text: sinceStart(), members };
			}
			case '[': {
				const items: JsonNode[] = [];
				this.list(']', () => void items.push(this.value()));
				return { kind: 'array', text: sinceStart(), items };
			}
			case '"':
				return { kind: 'string', text: this.string() };
			case 'n':
				return { kind: 'null', text: this.needed(literal) };
			case 't':
			case 'f':
				return { kind: 'boolean', text: this.needed(literal) };
			default:
				return { kind: 'number', text: this.needed(number) };
		}
	}

	private member(members: Map<string, JsonNode>): void {
		this.skipBlanks();
		const name = this.string();
		this.skipBlanks();
		this.symbol(':');
		if (members.has(name)) throw new JsonError(name);
		members.set(name, this.value());
	}

	private list(end: string, item: () => void): void {
		this.at++;
		this.skipBlanks();
		if (this.text[this.at] === end) {
			this.at++;
			return;
		}
		for (;;) {
			item();
			this.skipBlanks();
			if (this.text[this.at] === end) break;
			this.symbol(',');
		}
		this.at++;
	}

	private symbol(symbol: string): void {
		if (this.text[this.at] !== symbol) throw new JsonError();
		this.at++;
	}

	private string(): string {
		const start = this.at + 1;
		const end = this.text.indexOf('"', start);
		if (this.text[this.at] === '"' && end >= start) {
			const plain = this.text.slice(start, end);
			if (!special.test(plain)) {
				this.at = end + 1;
				return plain;
			}
		}
		const value: unknown = JSON.parse(this.needed(string));
		return String(value);
	}

	private skipBlanks(): void {
		for (;;) {
			const code = this.text.charCodeAt(this.at);
			if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
			this.at++;
		}
	}

	/** The token that must be next. */
	private needed(token: RegExp): string {
		token.lastIndex = this.at;
		const found = token.exec(this.text)?.[0];
		if (found === undefined) throw new JsonError();
		this.at += found.length;
		return found;
	}
}
