import { unsupported } from '../../sql/sqlError';

/**
 * JSON lines as records whose values are all texts, as Spark reads them with primitivesAsString:
 * every digit of a number stays as it is written. Lines without anything are left out. Refuses what
 * is no JSON object, and nested values, by the line.
 */
export function jsonTextRecords(text: string, file: string): Map<string, string | null>[] {
	const records: Map<string, string | null>[] = [];
	for (const [index, line] of text
		.replace(/^\ufeff/, '')
		.split(/\r\n|\n|\r/)
		.entries()) {
		if (line.trim() === '') continue;
		const place = `line ${index + 1} of the JSON file ${file}`;
		const value = parsed(line);
		if (typeof value !== 'object' || value === null || Array.isArray(value)) {
			throw unsupported(`${place}, which is no JSON object`);
		}
		const record = new Map<string, string | null>();
		for (const [name, member] of Object.entries(value)) {
			if (typeof member !== 'string' && member !== null) {
				throw unsupported(`the nested field ${name} in ${place}`);
			}
			record.set(name, member);
		}
		records.push(record);
	}
	return records;
}

/** A text in quotes, or a word or number outside of them. */
const token = /"(?:[^"\\]|\\.)*"|[-+.\w]+/g;

/** The value with its numbers and booleans as texts; undefined when the text is no JSON. */
function parsed(line: string): unknown {
	try {
		JSON.parse(line);
		return JSON.parse(
			line.replace(token, (found) =>
				found.startsWith('"') || found === 'null' ? found : `"${found}"`,
			),
		);
	} catch {
		return undefined;
	}
}
