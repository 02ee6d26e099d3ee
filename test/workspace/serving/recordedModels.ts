import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { kindOf } from '../../../workspace/serving/columnCast';
import { frameText, type Frame } from '../../../workspace/serving/frame';
import { pythonRepr } from '../../../workspace/serving/pythonText';
import type { PythonValue } from '../../../workspace/serving/pythonValue';
import type { ScorableModel } from '../../../workspace/serving/scoring';
import {
	mlflowException,
	modelRaised,
	ScoringError,
} from '../../../workspace/serving/scoringError';
import { signatureSchema, type Signature } from '../../../workspace/serving/signature';

export const folder = join(__dirname, '../../recordings/mlflow');

const signaturesSchema = z.object({ signatures: z.record(z.string(), z.unknown()) });
export const recordedSignatures = signaturesSchema.parse(
	JSON.parse(readFileSync(join(folder, 'signatures.json'), 'utf8')),
).signatures;

const signatureOf = (name: string): Signature => signatureSchema.parse(recordedSignatures[name]);

const rows = ({ rowCount }: Frame) => Array.from({ length: rowCount }, (_, row) => row);
const columnOf = (frame: Frame, name: string): PythonValue[] =>
	frame.columns.find((column) => column.name === name)?.values ?? [];
const numbersIn = (frame: Frame, name: string) => columnOf(frame, name).map(Number);
const dict = (members: Record<string, PythonValue>) => new Map(Object.entries(members));

/** What numpy and pandas call the type of a converted column. */
function dtypes({ columns }: Frame, { inputs }: Signature): Map<string, string> {
	const fixed: Record<string, string> = {
		double: 'float64',
		float: 'float32',
		long: 'int64',
		integer: 'int32',
		boolean: 'bool',
		datetime: 'datetime64[ns]',
	};
	return new Map(
		columns.map(({ name, values }) => {
			const type = inputs.find((input) => input.name === name)?.type ?? '';
			return [name, fixed[type] ?? (kindOf(values) === 'str' ? 'str' : 'object')];
		}),
	);
}

/** The models of the recordings that are more than their signature, written anew. */
const models = {
	/** The random forest: its numbers are its own, what it refuses is told. */
	main: (frame: Frame): PythonValue => {
		if (frame.rowCount === 0) {
			throw modelRaised(
				'ValueError: Found array with 0 sample(s) (shape=(0,)) while a minimum of 1 is required.',
			);
		}
		for (const { values } of frame.columns) {
			if (values.some((value) => typeof value === 'number' && Math.abs(value) > 3.4e38)) {
				throw modelRaised(
					"ValueError: Input X contains infinity or a value too large for dtype('float32').",
				);
			}
			if (values.some((value) => value instanceof Map)) {
				throw modelRaised("TypeError: unhashable type: 'dict'");
			}
		}
		return rows(frame).map(() => 0.5);
	},
	clf_label: (frame: Frame): PythonValue => rows(frame).map(() => 'mid'),
	cols: (frame: Frame): PythonValue =>
		numbersIn(frame, 'prev_month_wht').map((amount, row) => {
			const forecast = amount * 1.02;
			return dict({
				forecast,
				lower: forecast * 0.9,
				upper: forecast * 1.1,
				model: 'naive',
				n: BigInt(row),
				flag: amount > 1e6,
			});
		}),
	raises: (frame: Frame): PythonValue => {
		const amounts = numbersIn(frame, 'v');
		if (amounts.includes(99)) {
			const message = `Failed to predict data '${frameText(frame)}'. \nError: model is not warmed up`;
			throw mlflowException(499, 'CANCELLED', message);
		}
		if (amounts.includes(77)) throw new ScoringError(504, 'Request processing time exceeded limit');
		const least = Math.min(...amounts);
		if (least < 0) {
			const row = amounts.findIndex((amount) => amount < 0);
			throw modelRaised(`ValueError: negative amount at row ${row}: ${pythonRepr(least)}`);
		}
		return amounts.map((amount) => dict({ v: amount * 2 }));
	},
	params: (frame: Frame, params: ReadonlyMap<string, PythonValue>): PythonValue => {
		const growth = params.get('growth') ?? null;
		if (growth === null) {
			throw modelRaised("TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'");
		}
		return numbersIn(frame, 'prev_month_wht').map((amount) =>
			dict({
				forecast: amount * Number(growth),
				horizon: params.get('horizon') ?? null,
				label: params.get('label') ?? null,
				quantiles: params.get('quantiles') ?? null,
			}),
		);
	},
	optional: (frame: Frame): PythonValue => {
		const types = dtypes(frame, signatureOf('optional'));
		return rows(frame).map((row) => {
			const cells = frame.columns.map(({ values }) => pythonRepr(values[row] ?? null));
			return dict({
				cols: [...types.keys()].join(','),
				dtypes: [...types.values()].join(','),
				row: `[${cells.join(', ')}]`,
			});
		});
	},
	echo: (frame: Frame): PythonValue => echoed(frame, signatureOf('echo')),
	echo_array: (frame: Frame): PythonValue => echoed(frame, signatureOf('echo_array')),
	shapes: (frame: Frame, params: ReadonlyMap<string, PythonValue>): PythonValue => {
		const kind = String(params.get('kind'));
		const make = Object.entries(shapes).find(([name]) => name === kind)?.[1];
		if (make === undefined) throw modelRaised(`KeyError: '${kind}'`);
		return make(numbersIn(frame, 'v'));
	},
};

function echoed(frame: Frame, signature: Signature): PythonValue {
	const types = dtypes(frame, signature);
	return rows(frame).map((row) =>
		dict({
			dtypes: types,
			row: frame.columns.map(({ values }) => pythonRepr(values[row] ?? null)),
		}),
	);
}

const big = 2n ** 53n + 1n;
const named = (name: string, values: number[]) => values.map((value) => dict({ [name]: value }));

/** What the recorded model returned for 1, 2 and 3, as far as it has a counterpart without Python. */
const shapes: Record<string, (v: number[]) => PythonValue> = {
	np1d: (v) => v,
	np2d_col: (v) => v.map((x) => [x]),
	np3d: (v) => v.map((x) => [[x]]),
	np_nan_inf: () => [NaN, Infinity, -Infinity],
	list_nan_inf: () => [NaN, Infinity, -Infinity],
	series_nan: ([, ...v]) => named('v', [NaN, ...v]),
	series_inf: ([, ...v]) => named('v', [Infinity, ...v]),
	df_nan_inf: () => [
		dict({ y: NaN, z: 'a' }),
		dict({ y: Infinity, z: NaN }),
		dict({ y: -Infinity, z: 'c' }),
	],
	np2d_nan: (v) => v.map((_, row) => [row === 0 ? NaN : 1, 1]),
	series: (v) =>
		named(
			'v',
			v.map((x) => x * 2),
		),
	series_odd_index: (v) =>
		named(
			'0',
			v.map((x) => x * 2),
		),
	df_one_col: (v) =>
		named(
			'y',
			v.map((x) => x * 2),
		),
	df_odd_index: (v) =>
		named(
			'y',
			v.map((x) => x * 2),
		),
	df_sorted: (v) =>
		named(
			'y',
			[...v].sort((a, b) => a - b),
		),
	df_filtered: (v) =>
		named(
			'y',
			v.filter((x) => x > 1),
		),
	df_exploded: (v) =>
		named(
			'y',
			v.flatMap((x) => [x, x]),
		),
	scalar: (v) => v.reduce((sum, x) => sum + x, 0),
	np_scalar: (v) => v.reduce((sum, x) => sum + x, 0),
	string: () => 'done',
	none: () => null,
	dict: (v) => dict({ mean: 2, count: BigInt(v.length) }),
	dict_of_arrays: (v) => dict({ y: v, z: v.map(() => 'a') }),
	list_of_dicts: (v) => v.map((y) => dict({ y, nested: dict({ a: [1n, 2n] }) })),
	list_of_lists: (v) => v.map((x) => [x, 1n]),
	list_of_str: (v) => v.map((x) => `r${x}`),
	list_with_none: ([, ...v]) => [null, ...v],
	empty_list: () => [],
	bigint: (v) => v.map(() => big),
	np_int64: (v) => v.map(() => big),
	float_prec: () => [0.1 + 0.2, 1e300, 1e-300, 1 / 3],
	float32: (v) => v.map(() => Math.fround(0.1)),
	bool: (v) => v.map((x) => x > 1),
	tuple: () => [1n, 2n, 3n],
	unicode: (v) => v.map(() => '₱1,000 — Lungsod'),
	predictions_dict: (v) => dict({ predictions: v }),
};

/** The model that answered an entry: by the beginning of its id, else that of its file. */
export function modelOf(file: string, id: string): ScorableModel | undefined {
	const name = nameOf(file, id);
	const found = Object.entries(models).find(([known]) => known === name);
	if (found === undefined || name === undefined) return undefined;
	const [, predict] = found;
	return { signature: signatureOf(name), predict };
}

export function nameOf(file: string, id: string): string | undefined {
	const prefixes: Record<string, string> = {
		'clf-proba-': 'clf_proba',
		'clf-label-': 'clf_label',
		'cols-': 'cols',
		'shape-': 'shapes',
		'tensor-named-': 'tensor_named',
		'tensor-': 'tensor',
		'raises-': 'raises',
		'params-': 'params',
		'optional-': 'optional',
		'array-of-double-': 'echo_array',
		'hint-': 'hint_model',
		'hintstr-': 'hint_str',
		'chat-': 'chat',
		'responses-': 'responses',
	};
	if (id.startsWith('nosig-')) return file === 'coercion' ? 'echo_nosig' : 'nosig';
	if (file === 'coercion')
		return /^array-(records|inputs|instances|split)-/.test(id) ? 'echo_array' : 'echo';
	const prefix = Object.keys(prefixes).find((each) => id.startsWith(each));
	if (prefix !== undefined && file !== 'wrong-input' && file !== 'formats') return prefixes[prefix];
	return 'main';
}
