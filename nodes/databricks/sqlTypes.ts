/** A SQL type, read from the text that Databricks gives for it. */
export type SqlType =
	/** Name in capitals, without alias: `INT`, `BIGINT`, `DECIMAL`, `STRING`, `INTERVAL` … */
	| { kind: 'scalar'; name: string; text: string; precision?: number; scale?: number }
	| { kind: 'array'; element: SqlType; text: string }
	| { kind: 'map'; key: SqlType; value: SqlType; text: string }
	| { kind: 'struct'; fields: { name: string; type: SqlType }[]; text: string };

const aliases: Readonly<Record<string, string>> = {
	BYTE: 'TINYINT',
	SHORT: 'SMALLINT',
	INTEGER: 'INT',
	LONG: 'BIGINT',
	REAL: 'FLOAT',
	DEC: 'DECIMAL',
	NUMERIC: 'DECIMAL',
	TIMESTAMP_LTZ: 'TIMESTAMP',
	NULL: 'VOID',
};

/**
 * The type of `DECIMAL(18,2)`, `MAP<STRING, ARRAY<INT>>`, `STRUCT<a: INT NOT NULL, `b c`: STRING COMMENT 'x'>`.
 * A type that is not known is a scalar of its own name, so a new one is carried and not a failure.
 */
export function parseSqlType(text: string): SqlType {
	const match = /^\s*(\w+)\s*(?:<([\s\S]*)>|\(([^)]*)\))?/.exec(text);
	const word = (match?.[1] ?? '').toUpperCase();
	const inner = match?.[2];
	const trimmed = text.trim();
	if (word === 'ARRAY' && inner !== undefined) {
		return { kind: 'array', element: parseSqlType(inner), text: trimmed };
	}
	if (word === 'MAP' && inner !== undefined) {
		const [key = '', value = ''] = splitTypes(inner);
		return { kind: 'map', key: parseSqlType(key), value: parseSqlType(value), text: trimmed };
	}
	if (word === 'STRUCT') {
		return { kind: 'struct', fields: splitTypes(inner ?? '').map(parseField), text: trimmed };
	}
	const name = aliases[word] ?? word;
	if (name !== 'DECIMAL') return { kind: 'scalar', name, text: trimmed };
	const [precision = 10, scale = 0] = (match?.[3] ?? '10,0').split(',').map(Number);
	return { kind: 'scalar', name, text: trimmed, precision, scale };
}

function parseField(field: string): { name: string; type: SqlType } {
	const named = /^\s*(?:`((?:[^`]|``)+)`|([^\s:]+))\s*:?\s*([\s\S]*)$/.exec(field);
	const name = named?.[1]?.replaceAll('``', '`') ?? named?.[2] ?? '';
	return { name, type: parseSqlType(withoutConstraints(named?.[3] ?? '')) };
}

/** `INT NOT NULL COMMENT 'x'` → `INT`. */
function withoutConstraints(text: string): string {
	return text
		.replace(/\s+(?:NOT\s+NULL|COMMENT\s+(?:'(?:[^'\\]|\\[\s\S])*'|"[^"]*"))\s*/gi, ' ')
		.trim();
}

/** Splits at commas that are in no bracket, no quoted name and no comment. */
function splitTypes(text: string): string[] {
	const list: string[] = [];
	let depth = 0;
	let quote: string | undefined;
	let start = 0;
	for (let index = 0; index < text.length; index++) {
		const character = text[index] ?? '';
		if (quote !== undefined) {
			if (character === '\\' && quote === "'") index++;
			else if (character === quote) quote = undefined;
		} else if (character === '`' || character === "'") quote = character;
		else if ('<('.includes(character)) depth++;
		else if ('>)'.includes(character)) depth--;
		else if (character === ',' && depth === 0) {
			list.push(text.slice(start, index));
			start = index + 1;
		}
	}
	if (text.slice(start).trim() !== '') list.push(text.slice(start));
	return list;
}
