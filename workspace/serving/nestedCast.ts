import { pythonRepr, pythonTypeName } from './pythonText';
import type { PythonValue } from './pythonValue';
import { PythonError, ScoringError } from './scoringError';
import { type ObjectType, objectTypeText } from './signature';

/**
 * A list of doubles as MLflow enforces it: numpy makes an array of it first, and whole numbers alone
 * make one of integers, which is refused unless they are zeros and ones. Throws PythonError.
 */
export function castDoubles(value: PythonValue): PythonValue {
	if (!Array.isArray(value)) {
		throw refused(`Expected data to be list or numpy array, got ${pythonTypeName(value)}`);
	}
	if (value.some((item) => Array.isArray(item) || item instanceof Map)) {
		throw new PythonError('TypeError', 'Invalid object type at position 0');
	}
	const kinds = new Set(value.map((item) => pythonTypeName(item)));
	if (kinds.has('str')) throw unsafe('str');
	if (kinds.has('bool')) throw unsafe('bool');
	const isWhole = kinds.size === 1 && kinds.has('int');
	// MLflow takes nothing but 0 and 1 for flags that are meant as numbers: [1] passed, [2] did not.
	if (isWhole && !value.every((item) => item === 0n || item === 1n)) throw unsafe('int64');
	return value.map((item) => (item === null ? NaN : Number(item)));
}

function unsafe(kind: string): PythonError {
	return refused(
		`Incompatible input types for column . Can not safely convert ${kind} to float64.`,
	);
}

/** An object with the properties of the signature. Throws PythonError. */
export function castObject(value: PythonValue, type: ObjectType): PythonValue {
	if (!(value instanceof Map)) {
		throw refused(
			`Failed to enforce schema of '${value === null ? 'None' : text(value)}' with type '${objectTypeText(type)}'. Expected data to be dictionary, got ${pythonTypeName(value)}`,
		);
	}
	const required = Object.entries(type.properties).filter(([, property]) => property.required);
	const missing = required.filter(([name]) => !value.has(name)).map(([name]) => name);
	if (missing.length > 0) throw refused(`Missing required properties: ${setText(missing)}`);
	const unknown = [...value.keys()].filter((name) => !Object.hasOwn(type.properties, name));
	if (unknown.length > 0) {
		throw refused(`Invalid properties not defined in the schema found: ${setText(unknown)}`);
	}
	for (const [name, item] of value) {
		if (typeof item === 'string') continue;
		throw new ScoringError(
			501,
			`The local workspace takes only texts as properties of objects, and "${name}" is none.`,
		);
	}
	return value;
}

function text(value: PythonValue): string {
	return typeof value === 'string' ? value : pythonRepr(value);
}

function setText(names: string[]): string {
	return `{${names.map(pythonRepr).join(', ')}}`;
}

function refused(message: string): PythonError {
	return new PythonError('MlflowException', message);
}
