import { JsonError, jsonNode, type JsonNode } from '../sql/json/nodes';
import { unsupported } from '../sql/sqlError';
import { columnTwice } from './objectErrors';

export type JsonRecord = Extract<JsonNode, { kind: 'object' }>;

/**
 * The objects of a JSON file: one on each line, or one in all of it; a list stands for what is in it.
 * @throws SqlError for what is no such file, as Spark makes of some texts what nothing tells
 */
export function jsonRecords(text: string, multiLine: boolean, path: string): JsonRecord[] {
	if (multiLine) return recordsIn(text, `the JSON file ${path}`);
	return text
		.split(/\r\n|\n|\r/)
		.flatMap((line, index) =>
			line.trim() === '' ? [] : recordsIn(line, `line ${index + 1} of the JSON file ${path}`),
		);
}

function recordsIn(text: string, place: string): JsonRecord[] {
	const node = parsed(text, place);
	const nodes = node.kind === 'array' ? node.items : [node];
	return nodes.map((record) => {
		if (record.kind === 'object') return record;
		throw unsupported(`${place}, which is no JSON object`);
	});
}

/** Spark reads some more texts as JSON, as with single quotes; what it makes of the others differs. */
function parsed(text: string, place: string): JsonNode {
	try {
		return jsonNode(text);
	} catch (error) {
		if (!(error instanceof JsonError)) throw error;
		throw error.twice === undefined
			? unsupported(`${place}, which is no JSON`)
			: columnTwice(error.twice);
	}
}
