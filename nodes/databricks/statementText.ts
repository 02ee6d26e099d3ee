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
	const text = withoutLiterals(statement).replace(/^[\s(;]+/, '');
	const first = /^[a-z]+/i.exec(text)?.[0].toUpperCase() ?? '';
	return (
		(readingWords.has(first) || first === 'WITH' || first === 'FROM') && !writingWords.test(text)
	);
}

/** The statement with comments, quoted texts and quoted names blanked out. */
function withoutLiterals(statement: string): string {
	return statement.replace(
		/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`]|``)*`/g,
		' ',
	);
}
