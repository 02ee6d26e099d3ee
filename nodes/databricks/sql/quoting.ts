import { DatabricksError } from '../errors';

/**
 * The one place where a name becomes SQL text: back-quoted, inner back-quotes doubled.
 * Throws DatabricksError (badRequest) for names Unity Catalog cannot have.
 */
export function quoteIdentifier(name: string): string {
	if (name === '' || name.length > 255 || /[\u0000-\u001f\u007f]/.test(name)) {
		throw new DatabricksError({
			kind: 'badRequest',
			message:
				name === '' ? 'A name is empty.' : `"${name.slice(0, 80)}" cannot be the name of a table.`,
			hint: 'Names have 1 to 255 characters and no control characters.',
		});
	}
	return `\`${name.replaceAll('`', '``')}\``;
}

/**
 * `catalog.schema.table`, given as one text or as parts, each part quoted. A text may hold parts in
 * back-quotes, in which a full stop is part of the name.
 */
export function quoteTableName(table: string | readonly string[]): string {
	const parts = typeof table === 'string' ? splitTableName(table) : table;
	if (parts.length < 1 || parts.length > 3) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `"${parts.join('.')}" is not the name of a table.`,
			hint: 'Write it as catalog.schema.table.',
		});
	}
	return parts.map(quoteIdentifier).join('.');
}

/** The parts of `catalog.schema.table`, without their back-quotes. */
export function splitTableName(text: string): string[] {
	const parts: string[] = [];
	const part = /\s*(?:`((?:[^`]|``)+)`|([^`.]+))\s*(\.|$)/y;
	let ended = false;
	while (!ended) {
		const match = part.exec(text);
		if (match === null) {
			throw new DatabricksError({
				kind: 'badRequest',
				message: `"${text}" is not the name of a table.`,
				hint: 'Write it as catalog.schema.table; put a part with a full stop or a back-quote in back-quotes.',
			});
		}
		parts.push(match[1] === undefined ? (match[2] ?? '').trim() : match[1].replaceAll('``', '`'));
		ended = match[3] !== '.';
	}
	return parts;
}

/** A text as a SQL string literal, for the few functions that take no parameter marker. */
export function quoteText(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
