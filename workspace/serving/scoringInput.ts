import { castColumn, isTrue, toFloat, toInteger } from './columnCast';
import { frameText, type Frame } from './frame';
import { readParams } from './params';
import { arrayText, numpyDictText, numpyRecordsText } from './numpyText';
import { Timestamp } from './pythonTimestamp';
import type { PythonValue } from './pythonValue';
import { pythonRepr, pythonTypeName } from './pythonText';
import { invalidInput, PythonError, schemaEnforcement, ScoringError } from './scoringError';
import { numpyType, signatureText, type Signature, type SignatureColumn } from './signature';
import { toDatetime } from './timestamp';

type Dict = Map<string, PythonValue>;
const formats = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;
const formatSet = "{'dataframe_split', 'dataframe_records', 'instances', 'inputs'}";
/** Keys that make the scoring server take the body for a chat or completion. */
const chatKeys = ['messages', 'input', 'prompt'];
export const protocolNote =
	"IMPORTANT: The MLflow Model scoring protocol has changed in MLflow version 2.0. If you are seeing this error, you are likely using an outdated scoring request format. To resolve the error, either update your request format or adjust your MLflow Model's requirements file to specify an older version of MLflow (for example, change the 'mlflow' requirement specifier to 'mlflow==1.30.0'). If you are making a request using the MLflow client (e.g. via `mlflow.pyfunc.spark_udf()`), upgrade your MLflow client to a version >= 2.0 in order to use the new request format. For more information about the updated MLflow Model scoring protocol in MLflow 2.0, see https://mlflow.org/docs/latest/models.html#deploy-mlflow-models.";

/** What a model is asked with. */
export interface ScoringInput {
	/** The columns of the signature that there are, converted. */
	frame: Frame;
	params: ReadonlyMap<string, PythonValue>;
}

/**
 * Reads a request in one of the four formats of the MLflow scoring protocol. Throws ScoringError with
 * the texts recorded from MLflow 3.17.
 */
export function readScoringInput(body: PythonValue, signature: Signature): ScoringInput {
	const frame = readFrame(body, signature);
	const given = body instanceof Map ? body.get('params') : undefined;
	return { frame, params: readParams(given, signature.params ?? [], frame) };
}

function readFrame(body: PythonValue, signature: Signature): Frame {
	if (!(body instanceof Map)) {
		const received = Array.isArray(body)
			? 'a list.'
			: `unexpected input type '<class '${pythonTypeName(body)}'>.`;
		throw invalidInput(
			`The input must be a JSON dictionary with exactly one of the input fields ${formatSet}. Received ${received}`,
		);
	}
	if (chatKeys.some((key) => body.has(key))) {
		return enforced(
			{ columns: [...body.keys()].map((name) => ({ name, values: [] })), ...oneRow },
			signature,
			() => pythonRepr(body),
		);
	}
	const given = [...body.keys()].filter((key) => formats.some((format) => format === key));
	if (given.length !== 1) {
		const fields = pythonRepr(given);
		throw new ScoringError(
			400,
			`The input must be a JSON dictionary with exactly one of the input fields ${formatSet}. Received dictionary with input fields: ${fields}. ${protocolNote}`,
		);
	}
	const [format = ''] = given;
	const value = body.get(format) ?? null;
	if (format === 'dataframe_records') return ofFrame(recordsFrame(value), signature);
	if (format === 'dataframe_split') return ofFrame(splitFrame(value), signature);
	const nested = signature.inputs.find(({ type }) => type === 'array' || type === 'object');
	if (nested !== undefined) {
		throw new ScoringError(
			501,
			`The local workspace takes lists and objects, as in column ${nested.name}, only in dataframe_records and dataframe_split.`,
		);
	}
	return format === 'instances' ? ofInstances(value, signature) : ofInputs(value, signature);
}

const oneRow = { rowCount: 1, numberedColumns: false };

/** Converts the columns that are there, then finds out which are not: in this order. */
function ofFrame(frame: Frame, signature: Signature): Frame {
	const converted = new Map<string, PythonValue[]>();
	for (const input of signature.inputs) {
		const { name } = input;
		const column = frame.columns.find((each) => each.name === name);
		if (column === undefined || frame.numberedColumns) continue;
		try {
			converted.set(name, castColumn(column.values, input));
		} catch (error) {
			if (!(error instanceof PythonError)) throw error;
			const raised = `${error.type}(${pythonRepr(error.message)})`;
			throw invalidInput(
				`Data is not compatible with model signature. Failed to convert column ${name} to type '${numpyType(input)}'. Error: '${raised}'`,
			);
		}
	}
	const columns = frame.columns.map(({ name, values }) => ({
		name,
		values: converted.get(name) ?? values,
	}));
	const shown = { ...frame, columns };
	const result = enforced(shown, signature, () => frameText(shown));
	if (!result.columns.some(({ values }) => values.some(hasZone))) return result;
	throw schemaEnforcement(
		frameText(shown),
		signatureText(signature),
		"Please ensure that the input data of datetime column only contains timezone-naive datetime objects. Error: Cannot use .astype to convert from timezone-aware dtype to timezone-naive dtype. Use obj.tz_localize(None) or obj.tz_convert('UTC').tz_localize(None) instead.",
	);
}

function hasZone(value: PythonValue): boolean {
	return value instanceof Timestamp && value.offsetMinutes !== undefined;
}

/** Keeps the columns of the signature, in its order; refuses a frame that lacks one. */
function enforced(frame: Frame, signature: Signature, data: () => string): Frame {
	const has = ({ name }: SignatureColumn): boolean =>
		!frame.numberedColumns && frame.columns.some((column) => column.name === name);
	const missing = signature.inputs.filter((column) => column.required && !has(column));
	if (missing.length > 0) {
		const known = new Set(signature.inputs.map(({ name }) => name));
		const extra = frame.columns
			.filter(({ name }) => frame.numberedColumns || !known.has(name))
			.map(({ name }) => (frame.numberedColumns ? BigInt(name) : name));
		const note =
			extra.length === 0 ? '' : ` Note that there were extra inputs: ${pythonRepr(extra)}.`;
		const names = pythonRepr(missing.map(({ name }) => name));
		const problem = `Model is missing inputs ${names}.${note}`;
		throw schemaEnforcement(data(), signatureText(signature), problem);
	}
	const columns = signature.inputs.flatMap(({ name }) =>
		frame.columns.filter((column) => column.name === name),
	);
	return { ...frame, columns };
}

function recordsFrame(records: PythonValue): Frame {
	if (!Array.isArray(records)) {
		const got = records instanceof Map ? 'dictionary' : `type <class '${pythonTypeName(records)}'>`;
		throw invalidInput(`Dataframe records format must be a list of records. Got ${got}.`);
	}
	if (!(records[0] instanceof Map)) return rowsFrame(records);
	const rows: Dict[] = [];
	for (const record of records) {
		if (record instanceof Map) {
			rows.push(record);
			continue;
		}
		throw invalidInput(
			`Provided dataframe_records field is not a valid dataframe representation in 'records' format. Error: ''${pythonTypeName(record)}' object is not iterable'`,
		);
	}
	return framed(rows);
}

/** One row a dictionary: columns in the order in which they first appear, NaN in the gaps. */
function framed(rows: Dict[]): Frame {
	const names = new Set(rows.flatMap((row) => [...row.keys()]));
	const columns = [...names].map((name) => ({
		name,
		values: rows.map((row) => (row.has(name) ? (row.get(name) ?? null) : NaN)),
	}));
	return { columns, rowCount: rows.length, numberedColumns: false };
}

/** Rows without names: lists, or single values as lists of one. Short rows are filled. */
function rowsFrame(rows: PythonValue[], names?: string[]): Frame {
	const cells = rows.map((row) => (Array.isArray(row) ? row : [row]));
	const width = Math.max(0, ...cells.map((row) => row.length));
	const columns = (names ?? Array.from({ length: width }, (_, at) => String(at))).map(
		(name, at) => ({ name, values: cells.map((row) => row[at] ?? null) }),
	);
	return { columns, rowCount: rows.length, numberedColumns: names === undefined };
}

function splitFrame(split: PythonValue): Frame {
	if (!(split instanceof Map)) {
		const got = Array.isArray(split) ? 'list' : `type <class '${pythonTypeName(split)}'>`;
		throw invalidInput(`Dataframe split format must be a dictionary. Got ${got}.`);
	}
	const keys = [...split.keys()];
	if (!split.has('data') || keys.some((key) => !['data', 'columns', 'index'].includes(key))) {
		const got = keys.map((key) => pythonRepr(key)).join(', ');
		throw invalidInput(
			`Dataframe split format must have 'data' field and optionally 'columns' and 'index' fields. Got {${got}}.'`,
		);
	}
	const data = split.get('data');
	const columns = split.get('columns');
	const wrong = (error: string): ScoringError =>
		invalidInput(
			`Provided dataframe_split field is not a valid dataframe representation in 'split' format. Error: '${error}'`,
		);
	if (!Array.isArray(data)) throw wrong('DataFrame constructor not properly called!');
	if (columns === undefined || columns === null) return rowsFrame(data);
	if (!Array.isArray(columns)) throw wrong('Index(...) must be called with a collection');
	const names = columns.filter((name): name is string => typeof name === 'string');
	if (names.length < columns.length) return rowsFrame(data);
	const width = Math.max(0, ...data.map((row) => (Array.isArray(row) ? row.length : 1)));
	if (data.length > 0 && width !== names.length) {
		throw wrong(`${names.length} columns passed, passed data had ${width} columns`);
	}
	return rowsFrame(data, names);
}

function ofInstances(instances: PythonValue, signature: Signature): Frame {
	if (!Array.isArray(instances)) {
		throw invalidInput(
			`The "instances" field must be a list of records, not ${pythonTypeName(instances)}.`,
		);
	}
	if (!(instances[0] instanceof Map)) return ofArray(instances, signature);
	const columns = new Map<string, PythonValue[]>();
	for (const record of instances) {
		if (!(record instanceof Map)) throw invalidInput('Every instance must be a record.');
		for (const [name, value] of record) columns.set(name, [...(columns.get(name) ?? []), value]);
	}
	if ([...columns.values()].some((values) => values.length !== instances.length)) {
		throw invalidInput('The length of values for each input/column name are not the same');
	}
	return ofColumns(columns, instances.length, signature);
}

function ofInputs(inputs: PythonValue, signature: Signature): Frame {
	if (inputs instanceof Map) {
		const columns = new Map(
			[...inputs].map(([name, value]) => [name, Array.isArray(value) ? value : [value]]),
		);
		const lengths = [...columns.values()].map((values) => values.length);
		return ofColumns(columns, Math.max(0, ...lengths), signature);
	}
	if (!Array.isArray(inputs)) return ofArray([inputs], signature);
	if (!(inputs[0] instanceof Map)) return ofArray(inputs, signature);
	const types = new Map(signature.inputs.map(({ name, type }) => [name, type]));
	const rows = inputs.map((record) => {
		if (!(record instanceof Map)) throw invalidInput('Every input must be a record.');
		return new Map([...record].map(([name, value]) => [name, element(value, types.get(name))]));
	});
	const frame = framed(rows);
	const data = (): string => numpyRecordsText(rows, types);
	const result = enforced(frame, signature, data);
	for (const column of signature.inputs) {
		const values = result.columns.find(({ name }) => name === column.name)?.values ?? [];
		const gap = values.some((value) => Number.isNaN(value));
		if (!gap || (column.type !== 'long' && column.type !== 'integer')) continue;
		throw schemaEnforcement(data(), signatureText(signature), gapInIntegers(column));
	}
	return result;
}

function ofColumns(
	given: Map<string, PythonValue[]>,
	rowCount: number,
	signature: Signature,
): Frame {
	const types = new Map(signature.inputs.map(({ name, type }) => [name, type]));
	const columns = [...given].map(([name, values]) => ({
		name,
		values: values.map((value) => element(value, types.get(name))),
	}));
	const data = (): string => numpyDictText(columns, types);
	if (columns.some(({ values }) => values.length !== rowCount)) {
		throw schemaEnforcement(
			data(),
			signatureText(signature),
			'This model contains a column-based signature, which suggests a DataFrame input. There was an error casting the input data to a DataFrame: All arrays must be of the same length',
		);
	}
	return enforced({ columns, rowCount, numberedColumns: false }, signature, data);
}

/** Rows without column names become one array of doubles, which no column signature fits. */
function ofArray(rows: PythonValue[], signature: Signature): Frame {
	const shape = shapeOf(rows);
	const numbers = convert(rows);
	if (shape.length > 2) {
		const problem = `Must pass 2-d input. shape=(${shape.join(', ')})`;
		throw schemaEnforcement(arrayText(numbers), signatureText(signature), problem);
	}
	return enforced(
		rows.length === 0 ? { columns: [], rowCount: 0, numberedColumns: false } : rowsFrame(numbers),
		signature,
		() => arrayText(numbers),
	);
}

function convert(values: PythonValue[]): PythonValue[] {
	return values.map((value) => (Array.isArray(value) ? convert(value) : element(value, 'double')));
}

/** The lengths of nested lists. Throws ScoringError when they differ among each other. */
function shapeOf(values: PythonValue[]): number[] {
	const inner = values.map((value) => (Array.isArray(value) ? shapeOf(value) : []));
	const [first = []] = inner;
	if (inner.every((shape) => shape.join() === first.join())) return [values.length, ...first];
	throw invalidInput(
		`setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 dimensions. The detected shape was (${values.length},) + inhomogeneous part.`,
	);
}

/** One value on its own, as `instances` and `inputs` convert them. Throws ScoringError. */
function element(value: PythonValue, type: SignatureColumn['type'] | undefined): PythonValue {
	if (type === undefined) return value;
	try {
		if (type === 'double') return toFloat(value);
		if (type === 'float') return Math.fround(toFloat(value));
		if (type === 'boolean') return isTrue(value);
		if (type === 'datetime') return toDatetime(value);
		if (type === 'string') return typeof value === 'string' ? value : pythonRepr(value);
		return toInteger(value, type === 'long' ? 64 : 32, 'object');
	} catch (error) {
		if (error instanceof PythonError) throw invalidInput(error.message);
		throw error;
	}
}

function gapInIntegers(column: SignatureColumn): string {
	return `Incompatible input types for column ${column.name}. Can not safely convert float64 to ${numpyType(column)}. Hint: the type mismatch is likely caused by missing values. Integer columns in python can not represent missing values and are therefore encoded as floats. The best way to avoid this problem is to infer the model schema based on a realistic data sample (training dataset) that includes missing values. Alternatively, you can declare integer columns as doubles (float64) whenever these columns may have missing values. See \`Handling Integers With Missing Values <https://www.mlflow.org/docs/latest/models.html#handling-integers-with-missing-values>\`_ for more details.`;
}
