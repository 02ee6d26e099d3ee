import type { IDataObject } from 'n8n-workflow';

/** A typed row as the content of an item. Throws when a value is none that JSON has. */
export function rowItem(row: Record<string, unknown>): IDataObject {
	if (isItem(row)) return row;
	throw new Error('A cell has a value that JSON does not know.');
}

function isItem(row: Record<string, unknown>): row is IDataObject {
	const unknownToJson = ['function', 'symbol', 'bigint'];
	return !Object.values(row).some((value) => unknownToJson.includes(typeof value));
}
