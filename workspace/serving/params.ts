import { frameText, type Frame } from './frame';
import { floatRepr, pythonRepr, pythonStr, pythonTypeName } from './pythonText';
import type { PythonValue } from './pythonValue';
import { predictionRefused } from './scoringError';
import type { ParamSpec } from './signature';

/**
 * The parameters that a model gets: those that it declares, from the request or as they stand in its
 * signature. Unknown ones are ignored, and so is everything for a model without parameters. Types are
 * strict, but a whole number is a double. Throws ScoringError with the texts recorded from MLflow 3.17.
 */
export function readParams(
	given: PythonValue | undefined,
	specs: readonly ParamSpec[],
	frame: Frame,
): Map<string, PythonValue> {
	const params = new Map(specs.map(({ name, default: value }) => [name, fromJson(value)]));
	if (specs.length === 0 || given === undefined || given === null) return params;
	if (!(given instanceof Map)) {
		const type = pythonTypeName(given);
		throw predictionRefused(
			frameText(frame),
			`Parameters must be a dictionary. Got type '${type}'.`,
		);
	}
	const problems: string[] = [];
	for (const spec of specs) {
		const value = given.get(spec.name);
		if (value === undefined) continue;
		const outcome = checked(value, spec);
		if ('problem' in outcome) {
			problems.push(`(${pythonRepr(spec.name)}, ${pythonRepr(outcome.problem)})`);
		} else params.set(spec.name, outcome.value);
	}
	if (problems.length === 0) return params;
	throw predictionRefused(frameText(frame), `Invalid parameters found: {${problems.join(', ')}}`);
}

type Outcome = { value: PythonValue } | { problem: string };

function checked(value: PythonValue, spec: ParamSpec): Outcome {
	if (spec.shape !== null) return checkedList(value, spec);
	if (Array.isArray(value) || value instanceof Map) {
		const error = `Value must be a scalar for type \`DataType.${spec.type}\`, got \`${pythonRepr(value)}\``;
		return { problem: failed(spec, error) };
	}
	return value === null ? { value } : checkedScalar(value, spec);
}

function checkedList(value: PythonValue, spec: ParamSpec): Outcome {
	if (!Array.isArray(value)) {
		const type = pythonTypeName(value);
		return {
			problem: `Value must be a 1D array with shape (-1,) for param ${described(spec)}, received ${type} with ndim 0`,
		};
	}
	const values: PythonValue[] = [];
	for (const item of value) {
		const outcome = checkedScalar(item, spec);
		if ('problem' in outcome) return outcome;
		values.push(outcome.value);
	}
	return { value: values };
}

function checkedScalar(value: PythonValue, spec: ParamSpec): Outcome {
	const type = pythonTypeName(value);
	if (spec.type === 'double' && typeof value === 'bigint') return { value: Number(value) };
	const wanted = { double: 'float', long: 'int', integer: 'int', string: 'str', boolean: 'bool' };
	if (wanted[spec.type] === type) return { value };
	const error = `Can not safely convert \`<class '${type}'>\` to \`DataType.${spec.type}\` for value \`${pythonStr(value)}\``;
	return { problem: failed(spec, error) };
}

function failed(spec: ParamSpec, error: string): string {
	return `Failed to validate type and shape for ${described(spec)}, error: ${error}`;
}

function described({ name, type, default: value, shape }: ParamSpec): string {
	const shown = Array.isArray(value) ? `[${value.map(scalarText).join(', ')}]` : scalarText(value);
	const shaped = shape === null ? '' : ' (shape: (-1,))';
	return `'${name}': ${type} (default: ${shown})${shaped}`;
}

function scalarText(value: ParamSpec['default']): string {
	return typeof value === 'number' && !Number.isInteger(value) ? floatRepr(value) : String(value);
}

function fromJson(value: ParamSpec['default']): PythonValue {
	if (Array.isArray(value)) return value.map(fromJson);
	return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}
