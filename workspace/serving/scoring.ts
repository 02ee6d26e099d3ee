import type { Frame } from './frame';
import { JsonDecodeError, parsePythonJson } from './pythonJson';
import { pythonJsonText } from './pythonJsonText';
import { bytesRepr } from './pythonText';
import type { PythonValue } from './pythonValue';
import { protocolNote, readScoringInput } from './scoringInput';
import { invalidInput, ScoringError } from './scoringError';
import type { Signature } from './signature';

/** A model as the scoring server holds it. */
export interface ScorableModel {
	signature: Signature;
	/**
	 * What the model returns, usually a value for each row in order. Throws ScoringError (`modelRaised`)
	 * for rows that the model itself refuses.
	 */
	predict(frame: Frame, params: ReadonlyMap<string, PythonValue>): PythonValue;
}

export interface ScoringAnswer {
	status: number;
	contentType: string;
	body: string;
}

/**
 * Answers one request the way the scoring server of MLflow 3.17 was recorded to: conversions it
 * makes in silence, refusals, and their texts. CSV and Parquet bodies are refused by name.
 */
export function scoreRequest(
	model: ScorableModel,
	contentType: string | undefined,
	body: Uint8Array,
): ScoringAnswer {
	try {
		checkContentType(contentType);
		const { frame, params } = readScoringInput(readJson(body), model.signature);
		const predictions = model.predict(frame, params);
		return answer(200, `{"predictions": ${pythonJsonText(predictions)}}`);
	} catch (error) {
		if (!(error instanceof ScoringError)) throw error;
		const refusal = error.body();
		return typeof refusal === 'string'
			? { status: error.status, contentType: contentTypeOf(error), body: refusal }
			: answer(error.status, pythonJsonText(new Map(Object.entries(refusal))));
	}
}

function answer(status: number, body: string): ScoringAnswer {
	return { status, contentType: 'application/json', body };
}

/** A timeout is text under the name of JSON. */
function contentTypeOf({ status }: ScoringError): string {
	return status === 504 ? 'application/json' : 'text/plain; charset=utf-8';
}

const supportedTypes = "['text/csv', 'application/json', 'application/vnd.apache.parquet']";

function checkContentType(contentType: string | undefined): void {
	if (contentType === undefined) throw new ScoringError(500, 'Internal Server Error');
	const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
	if (type === 'text/csv' || type === 'application/vnd.apache.parquet') {
		throw new ScoringError(501, `The local workspace does not score ${type} bodies; send JSON.`);
	}
	if (type !== 'application/json') {
		throw new ScoringError(
			415,
			`This predictor only supports the following content types: Types: ${supportedTypes}. Got '${type}'.`,
		);
	}
	for (const parameter of parameters) {
		const [name = '', value = ''] = parameter.split('=');
		if (name !== 'charset') {
			throw new ScoringError(415, `Unrecognized content type parameters: ${name}. ${protocolNote}`);
		}
		if (value.toLowerCase() !== 'utf-8') {
			throw new ScoringError(415, 'The scoring server only supports UTF-8');
		}
	}
}

function readJson(body: Uint8Array): PythonValue {
	let text: string;
	try {
		text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
	} catch {
		const { from, to, reason } = firstInvalidUtf8(body);
		throw notJson(
			`UnicodeDecodeError('utf-8', ${bytesRepr(body)}, ${from}, ${to}, '${reason}')`,
			body,
		);
	}
	try {
		return parsePythonJson(text);
	} catch (error) {
		if (error instanceof JsonDecodeError) throw notJson(error.repr, body);
		throw error;
	}
}

function notJson(raised: string, body: Uint8Array): ScoringError {
	return invalidInput(
		`Ensure that input is a valid JSON formatted string. Error: '${raised}'\nInput: \n${bytesRepr(body)}\n`,
	);
}

/** Where a text stops being UTF-8, with Python's words for it. */
function firstInvalidUtf8(bytes: Uint8Array): { from: number; to: number; reason: string } {
	for (let from = 0; from < bytes.length; ) {
		const lead = bytes[from] ?? 0;
		const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
		if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4) {
			return { from, to: from + 1, reason: 'invalid start byte' };
		}
		for (let at = 1; at < length; at++) {
			const byte = bytes[from + at];
			if (byte === undefined) return { from, to: bytes.length, reason: 'unexpected end of data' };
			if ((byte & 0xc0) !== 0x80) {
				return { from, to: from + at, reason: 'invalid continuation byte' };
			}
		}
		from += length;
	}
	return { from: 0, to: 1, reason: 'invalid continuation byte' };
}
