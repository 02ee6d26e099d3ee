import { SqlError, syntaxError } from './sqlError';
import { unescapeString } from './stringLiteral';

export type TokenKind = 'word' | 'quoted' | 'number' | 'string' | 'symbol' | 'end';

/** One token; `text` is what was written, `value` its meaning (unescaped string, name without ticks). */
export interface Token {
	kind: TokenKind;
	text: string;
	value: string;
	start: number;
	end: number;
}

const SYMBOLS = [
	'>>>',
	'<=>',
	'<=',
	'>=',
	'<>',
	'!=',
	'==',
	'||',
	'::',
	'->',
	'=>',
	'<<',
	'>>',
	'|>',
];
const WORD = /[\p{L}\p{N}_]+/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[LlSsYyDdFf]|[Bb][Dd])?/y;
const SPACE = /[\s\u00a0]+/y;

function match(pattern: RegExp, text: string, at: number): string | undefined {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0];
}

/**
 * Splits a text into tokens with their offsets; comments and white space are left out, the last
 * token is always of kind `end`. Text inside quotes is one token, so a marker in it is never seen.
 * @throws SqlError PARSE_SYNTAX_ERROR (unclosed quote), UNCLOSED_BRACKETED_COMMENT
 */
export function tokenize(text: string): Token[] {
	const tokens: Token[] = [];
	let at = 0;
	const push = (kind: TokenKind, end: number, value: string): void => {
		tokens.push({ kind, text: text.slice(at, end), value, start: at, end });
		at = end;
	};
	while (at < text.length) {
		const space = match(SPACE, text, at);
		if (space !== undefined) {
			at += space.length;
			continue;
		}
		const char = text.charAt(at);
		const pair = text.slice(at, at + 2);
		if (pair === '--') {
			const newline = text.indexOf('\n', at);
			at = newline === -1 ? text.length : newline;
			continue;
		}
		if (pair === '/*') {
			at = endOfComment(text, at);
			continue;
		}
		if ((char === 'r' || char === 'R') && /['"]/.test(text.charAt(at + 1))) {
			const end = endOfQuote(text, at + 1, false);
			push('string', end, text.slice(at + 2, end - 1));
			continue;
		}
		if (char === "'" || char === '"') {
			const end = endOfQuote(text, at, true);
			push('string', end, unescapeString(text.slice(at + 1, end - 1), char));
			continue;
		}
		if (pair === '$$') {
			const end = text.indexOf('$$', at + 2);
			if (end === -1) throw syntaxError(text, at, '$$');
			push('symbol', end + 2, text.slice(at, end + 2));
			continue;
		}
		if (char === '`') {
			const end = endOfBackticks(text, at);
			push('quoted', end, text.slice(at + 1, end - 1).replaceAll('``', '`'));
			continue;
		}
		const word = match(WORD, text, at);
		const number = match(NUMBER, text, at);
		if (number !== undefined && (word === undefined || number.length >= word.length)) {
			push('number', at + number.length, number);
			continue;
		}
		if (word !== undefined) {
			push('word', at + word.length, word);
			continue;
		}
		const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at)) ?? char;
		push('symbol', at + symbol.length, symbol);
	}
	tokens.push({ kind: 'end', text: '', value: '', start: text.length, end: text.length });
	return tokens;
}

function endOfComment(text: string, start: number): number {
	let depth = 0;
	let at = start;
	while (at < text.length) {
		if (text.startsWith('/*', at)) {
			depth += 1;
			at += 2;
		} else if (text.startsWith('*/', at)) {
			depth -= 1;
			at += 2;
			if (depth === 0) return at;
		} else {
			at += 1;
		}
	}
	throw new SqlError(
		'UNCLOSED_BRACKETED_COMMENT',
		'42601',
		'Found an unclosed bracketed comment. Please, append */ at the end of the comment.',
	);
}

function endOfQuote(text: string, start: number, escapes: boolean): number {
	const quote = text.charAt(start);
	let at = start + 1;
	while (at < text.length) {
		const char = text.charAt(at);
		if (escapes && char === '\\') at += 2;
		else if (char !== quote) at += 1;
		else if (escapes && text.charAt(at + 1) === quote) at += 2;
		else return at + 1;
	}
	throw syntaxError(text, start, quote);
}

function endOfBackticks(text: string, start: number): number {
	let at = start + 1;
	while (at < text.length) {
		if (text.charAt(at) !== '`') at += 1;
		else if (text.charAt(at + 1) === '`') at += 2;
		else return at + 1;
	}
	throw syntaxError(text, start, '`');
}

/**
 * The statements of a text, separated by `;` outside quotes and comments, without the semicolons.
 * Parts that hold only comments or white space are left out. `BEGIN … END` is one statement.
 */
export function splitStatements(text: string): string[] {
	const statements: string[] = [];
	let start = 0;
	let used = false;
	/** how many BEGIN and CASE of a script are open */
	let open = 0;
	const tokens = tokenize(text);
	for (const [index, token] of tokens.entries()) {
		const isScript = !used && isWord(token, 'BEGIN') && !isWord(tokens[index + 1], 'TRANSACTION');
		if (isScript || open > 0) open += depthOf(tokens, index);
		const isSemicolon = token.kind === 'symbol' && token.text === ';' && open === 0;
		const ends = token.kind === 'end' || isSemicolon;
		if (!ends) {
			used = true;
			continue;
		}
		if (used) statements.push(text.slice(start, token.start).trim());
		start = token.end;
		used = false;
	}
	return statements;
}

const isWord = (token: Token | undefined, word: string): boolean =>
	token?.kind === 'word' && token.text.toUpperCase() === word;

/** What a token of a script opens or closes; `END IF`, `END LOOP` and the like close what is not counted. */
function depthOf(tokens: readonly Token[], index: number): number {
	const token = tokens[index];
	if (isWord(token, 'BEGIN')) return 1;
	if (isWord(token, 'CASE')) return isWord(tokens[index - 1], 'END') ? 0 : 1;
	if (!isWord(token, 'END')) return 0;
	const isOther = ['IF', 'WHILE', 'LOOP', 'REPEAT', 'FOR'].some((word) =>
		isWord(tokens[index + 1], word),
	);
	return isOther ? 0 : -1;
}

export interface StatementClass {
	/** the first word in upper case: SELECT, WITH, MERGE, CREATE, OPTIMIZE …; '(' for a parenthesis; '' if empty */
	verb: string;
	/** the first words in upper case, up to eight, names as they are written */
	words: string[];
	/** whether the statement is a query that `translateQuery` takes */
	isQuery: boolean;
}

const QUERY_VERBS = new Set(['SELECT', 'WITH', 'VALUES', 'FROM', 'TABLE', '(']);

/** What kind of statement a text is, by its first tokens. */
export function classify(text: string): StatementClass {
	const tokens = tokenize(text);
	const words = tokens
		.filter((token) => token.kind === 'word' || token.kind === 'symbol')
		.slice(0, 8)
		.map((token) => token.text.toUpperCase());
	const verb = words[0] ?? '';
	const isQuery = QUERY_VERBS.has(verb) && !(verb === 'WITH' && leadsToInsert(tokens));
	return { verb, words, isQuery };
}

function leadsToInsert(tokens: Token[]): boolean {
	let depth = 0;
	for (const token of tokens) {
		if (token.kind === 'symbol' && token.text === '(') depth += 1;
		if (token.kind === 'symbol' && token.text === ')') depth -= 1;
		if (depth > 0 || token.kind !== 'word') continue;
		const word = token.text.toUpperCase();
		if (word === 'INSERT' || word === 'UPDATE' || word === 'DELETE' || word === 'MERGE')
			return true;
		if (word === 'SELECT') return false;
	}
	return false;
}
