const readingWords = new Set([
	'SELECT',
	'VALUES',
	'SHOW',
	'DESCRIBE',
	'DESC',
	'EXPLAIN',
	'TABLE',
	'LIST',
]);
const writingWords =
	/\b(INSERT|UPDATE|DELETE|MERGE|CREATE|DROP|ALTER|CALL|COPY|TRUNCATE|REPLACE\s+(TABLE|INTO)|ai_query|http_request)\b/i;

/**
 * Whether running a statement twice does no harm. Careful rather than clever: only statements that
 * begin like a query, and whose text, outside of literals and comments, has no word that writes.
 */
export function onlyReads(statement: string): boolean {
	const text = codeParts(statement)
		.map(({ start, end }) => statement.slice(start, end))
		.join(' ')
		.replace(/^[\s(;]+/, '');
	const first = /^[a-z]+/i.exec(text)?.[0].toUpperCase() ?? '';
	return (
		(readingWords.has(first) || first === 'WITH' || first === 'FROM') && !writingWords.test(text)
	);
}

/** A `:name` in a statement. */
export interface Marker {
	name: string;
	/** Position of its colon, and the one after its last letter. */
	start: number;
	end: number;
}

/**
 * The parameter markers of a statement, in their order. A colon inside of a text, a quoted name or a
 * comment is none, and neither is one of `a::INT`, of `json:field` or of `STRUCT<a: INT>`.
 */
export function markersOf(statement: string): Marker[] {
	return codeParts(statement).flatMap(({ start, end }) => {
		const markers: Marker[] = [];
		const code = statement.slice(0, end);
		const pattern = /:([A-Za-z_][A-Za-z0-9_]*)/g;
		pattern.lastIndex = start;
		for (let match = pattern.exec(code); match !== null; match = pattern.exec(code)) {
			const before = statement[match.index - 1] ?? ' ';
			if (/[A-Za-z0-9_:`'"\])]/.test(before)) continue;
			markers.push({ name: match[1] ?? '', start: match.index, end: pattern.lastIndex });
		}
		return markers;
	});
}

/** The statement with each marker replaced by what `replacement` gives; undefined leaves it. */
export function replaceMarkers(
	statement: string,
	replacement: (name: string) => string | undefined,
): string {
	let text = '';
	let position = 0;
	for (const { name, start, end } of markersOf(statement)) {
		text += statement.slice(position, start) + (replacement(name) ?? statement.slice(start, end));
		position = end;
	}
	return text + statement.slice(position);
}

interface Part {
	start: number;
	end: number;
}

/** Comments (which nest), texts (raw ones have no escapes), and quoted names. */
const opening = /--|\/\*|[rR]'|[rR]"|'|"|`/g;

/** The parts of a statement that are neither comment nor text nor quoted name. */
function codeParts(statement: string): Part[] {
	const parts: Part[] = [];
	let start = 0;
	const search = new RegExp(opening);
	for (let match = search.exec(statement); match !== null; match = search.exec(statement)) {
		const [open] = match;
		const isWordEnd =
			open.length === 2 && /^r/i.test(open) && /\w/.test(statement[match.index - 1] ?? '');
		const kind = isWordEnd ? open.slice(1) : open;
		parts.push({ start, end: match.index + (isWordEnd ? 1 : 0) });
		start = endOf(statement, match.index + open.length, kind);
		search.lastIndex = start;
	}
	parts.push({ start, end: statement.length });
	return parts;
}

/** The position after a comment, text or quoted name whose opening ends at `from`. */
function endOf(statement: string, from: number, open: string): number {
	if (open === '--') return indexOr(statement, '\n', from, 0);
	if (open === '/*') return endOfComment(statement, from);
	const quote = open.at(-1) ?? '';
	const hasEscapes = open.length === 1 && quote !== '`';
	for (let index = from; index < statement.length; index++) {
		if (hasEscapes && statement[index] === '\\') index++;
		else if (statement[index] === quote) {
			// A quote that comes twice stands for itself; for texts that reads as two, with the same end.
			return index + 1;
		}
	}
	return statement.length;
}

function endOfComment(statement: string, from: number): number {
	const bounds = /\/\*|\*\//g;
	bounds.lastIndex = from;
	let depth = 1;
	for (let match = bounds.exec(statement); match !== null; match = bounds.exec(statement)) {
		depth += match[0] === '/*' ? 1 : -1;
		if (depth === 0) return bounds.lastIndex;
	}
	return statement.length;
}

function indexOr(statement: string, text: string, from: number, more: number): number {
	const index = statement.indexOf(text, from);
	return index === -1 ? statement.length : index + more;
}
