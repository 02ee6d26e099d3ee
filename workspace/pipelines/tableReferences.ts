import { tokenize, type Token } from '../sql/tokens';
import { isWord } from './statementReader';

export interface ReferenceInText {
	/** As it is written: one to three parts. */
	parts: string[];
	/** Read by `STREAM(…)` or `STREAM …`. */
	stream: boolean;
}

export interface QueryReads {
	tables: ReferenceInText[];
	/** Table functions that are read as a stream, in lower case: read_files. */
	streamedFunctions: string[];
}

const endsFrom = [
	'WHERE',
	'GROUP',
	'ORDER',
	'HAVING',
	'QUALIFY',
	'LIMIT',
	'WINDOW',
	'UNION',
	'EXCEPT',
	'INTERSECT',
	'MINUS',
	'SELECT',
];

/** The tables that a query reads: names after FROM, JOIN and the commas between them, no CTEs. */
export function tablesReadBy(query: string): QueryReads {
	const tokens = tokenize(query);
	const ctes = cteNames(tokens);
	const reads: QueryReads = { tables: [], streamedFunctions: [] };
	/** For each open parenthesis: whether it stands in a FROM clause. */
	const inFrom = [false];
	let expectsTable = false;
	let stream = false;
	for (let at = 0; at < tokens.length; at++) {
		const token = tokens[at];
		if (token === undefined) break;
		if (isSymbol(token, '(')) {
			inFrom.push(expectsTable);
		} else if (isSymbol(token, ')')) {
			inFrom.pop();
			expectsTable = stream = false;
		} else if (isSymbol(token, ',')) {
			expectsTable = inFrom.at(-1) === true;
		} else if (isWord(token, 'FROM') || isWord(token, 'JOIN')) {
			inFrom[inFrom.length - 1] = expectsTable = true;
		} else if (endsFrom.some((word) => isWord(token, word))) {
			inFrom[inFrom.length - 1] = expectsTable = false;
		} else if (expectsTable && isWord(token, 'STREAM')) {
			stream = true;
		} else if (expectsTable && (token.kind === 'word' || token.kind === 'quoted')) {
			const name = nameAt(tokens, at);
			at = name.end;
			const isFunction = isSymbol(tokens[at + 1], '(');
			if (isFunction && stream) reads.streamedFunctions.push(name.parts.join('.').toLowerCase());
			const [only = ''] = name.parts;
			const isCte = name.parts.length === 1 && ctes.has(only.toLowerCase());
			if (!isFunction && !isCte) reads.tables.push({ parts: name.parts, stream });
			expectsTable = stream = false;
		} else {
			expectsTable = false;
		}
	}
	return reads;
}

function isSymbol(token: Token | undefined, symbol: string): boolean {
	return token?.kind === 'symbol' && token.text === symbol;
}

function nameAt(tokens: Token[], start: number): { parts: string[]; end: number } {
	const parts = [tokens[start]?.value ?? ''];
	let end = start;
	while (isSymbol(tokens[end + 1], '.')) {
		const part = tokens[end + 2];
		if (part?.kind !== 'word' && part?.kind !== 'quoted') break;
		parts.push(part.value);
		end += 2;
	}
	return { parts, end };
}

/** Names before `AS (`, with or without a list of columns, that WITH or a comma introduces. */
function cteNames(tokens: Token[]): Set<string> {
	const names = new Set<string>();
	tokens.forEach((token, at) => {
		const introduced = isWord(token, 'WITH') || isWord(token, 'RECURSIVE') || isSymbol(token, ',');
		const name = tokens[at + 1];
		if (!introduced || (name?.kind !== 'word' && name?.kind !== 'quoted')) return;
		let next = at + 2;
		if (isSymbol(tokens[next], '(')) {
			while (next < tokens.length && !isSymbol(tokens[next], ')')) next++;
			next++;
		}
		if (isWord(tokens[next], 'AS') && isSymbol(tokens[next + 1], '(')) {
			names.add(name.value.toLowerCase());
		}
	});
	return names;
}
