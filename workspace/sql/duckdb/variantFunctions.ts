import { DuckDBScalarFunction, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { memberText, memberValue } from '../json/typedValue';
import { found } from '../variants/path';
import { decodedText } from './decodedText';
import { isCutOff, MalformedJson, readJson } from '../variants/readJson';
import { jsonOf, schemaOf, stringOf } from '../variants/texts';
import { read, stored } from '../variants/value';

type TextFunction = (...texts: string[]) => string | null;

/** The functions over stored VARIANT values; each gives NULL when an argument is NULL. */
const FUNCTIONS: Record<string, [parameters: number, body: TextFunction]> = {
	dbx_parse_json: [
		1,
		(text) => {
			try {
				return stored(readJson(text));
			} catch (error) {
				throw error instanceof MalformedJson ? malformed(text) : error;
			}
		},
	],
	dbx_try_parse_json: [
		1,
		(text) => {
			try {
				return stored(readJson(text));
			} catch (error) {
				if (error instanceof MalformedJson) return null;
				throw error;
			}
		},
	],
	/** an object, the name of a member */
	dbx_json_text: [2, memberText],
	/** an object, the name of a member, its type */
	dbx_json_value: [3, memberValue],
	dbx_json_cut_off: [1, (text) => String(isCutOff(text))],
	/** the second argument is a JSON array of names and places */
	dbx_variant_at: [
		2,
		(value, path) => {
			const steps: unknown = JSON.parse(path);
			if (!Array.isArray(steps)) throw new Error('The steps of a path are a list.');
			const each = steps.map((step) => (typeof step === 'number' ? step : String(step)));
			const at = found(read(value), each);
			return at === undefined ? null : stored(at);
		},
	],
	/** orders the keys of objects */
	dbx_variant_ordered: [1, (value) => stored(read(value))],
	dbx_variant_json: [1, (value) => jsonOf(read(value))],
	dbx_variant_string: [1, (value) => stringOf(read(value))],
	/** the text that a Java client makes of bytes, given in hexadecimal digits */
	dbx_decoded: [1, (digits) => decodedText(Buffer.from(digits, 'hex'))],
	dbx_variant_schema: [1, (value) => schemaOf(read(value))],
};

function malformed(text: string): Error {
	return new Error(
		`[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION] Malformed records are detected in record parsing: ${text}.\n` +
			"Parse Mode: FAILFAST. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.  SQLSTATE: 22023",
	);
}

/** Makes the functions over VARIANT values known to a connection. */
export function registerVariantFunctions(connection: DuckDBConnection): void {
	for (const [name, [parameters, body]] of Object.entries(FUNCTIONS)) {
		connection.registerScalarFunction(textFunction(name, parameters, body));
	}
}

function textFunction(name: string, parameters: number, body: TextFunction): DuckDBScalarFunction {
	return DuckDBScalarFunction.create({
		name,
		parameterTypes: Array.from({ length: parameters }, () => VARCHAR),
		returnType: VARCHAR,
		mainFunction(info, input, output) {
			try {
				const columns = input.getColumns();
				for (let row = 0; row < input.rowCount; row += 1) {
					const texts = columns.map((column) => column[row]);
					const given = texts.filter((text): text is string => typeof text === 'string');
					output.setItem(row, given.length < parameters ? null : body(...given));
				}
				output.flush();
			} catch (error) {
				info.setError(error instanceof Error ? error.message : String(error));
			}
		},
	});
}
