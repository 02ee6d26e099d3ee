const SIMPLE_ESCAPES: Record<string, string> = {
	'0': '\0',
	b: '\b',
	n: '\n',
	r: '\r',
	t: '\t',
	Z: '\x1a',
	'%': '\\%',
	_: '\\_',
};
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([01][0-7]{2})|([\s\S]))|''|""/g;

/** The value of the inside of a quoted string by Spark's rules: `\n`, `\u0041`, `\101`, doubled quotes. */
export function unescapeString(inside: string, quote: string): string {
	return inside.replace(
		ESCAPE,
		(whole: string, short?: string, long?: string, octal?: string, char?: string) => {
			if (short !== undefined) return String.fromCharCode(parseInt(short, 16));
			if (long !== undefined) return String.fromCodePoint(parseInt(long, 16));
			if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
			if (char !== undefined) return SIMPLE_ESCAPES[char] ?? char;
			return whole === quote + quote ? quote : whole;
		},
	);
}

/** A DuckDB string literal; a NUL, which DuckDB's parser does not take, is put in by chr(0). */
export function sqlString(value: string): string {
	const quote = (part: string): string => `'${part.replaceAll("'", "''")}'`;
	if (!value.includes('\0')) return quote(value);
	return `(${value.split('\0').map(quote).join(' || chr(0) || ')})`;
}

/** A DuckDB identifier in double quotes. */
export function sqlName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
