import {
	batchesOf,
	bodyOf,
	predictionsOf,
	problemOf,
	usualColumns,
} from '../../nodes/ModelPredict/batches';
import { DatabricksError } from '../../nodes/databricks/errors';

const prepared = (count: number, params?: Record<string, unknown>) =>
	Array.from({ length: count }, (_, item) => ({ item, record: { month: item }, params }));

describe('packing items into requests', () => {
	test.each([
		['all in one', 5, { batchRecords: 10, batchBytes: 1_000 }, [5]],
		['by count', 5, { batchRecords: 2, batchBytes: 1_000 }, [2, 2, 1]],
		// {"month":0} and a comma are 12 bytes, null stands for no parameters.
		['by bytes', 5, { batchRecords: 10, batchBytes: 30 }, [2, 2, 1]],
		['an item above the limit goes alone', 3, { batchRecords: 10, batchBytes: 1 }, [1, 1, 1]],
		['nothing', 0, { batchRecords: 10, batchBytes: 30 }, []],
	])('%s', (_case, count, limits, sizes) => {
		const batches = batchesOf(prepared(count), limits);
		expect(batches.map(({ items }) => items.length)).toEqual(sizes);
		expect(batches.flatMap(({ items }) => items.map(({ item }) => item))).toEqual([
			...Array(count).keys(),
		]);
	});

	test('items with other parameters go into another request', () => {
		const mixed = [
			{ item: 0, record: { a: 1 }, params: { horizon: 1 } },
			{ item: 1, record: { a: 2 } },
			{ item: 2, record: { a: 3 }, params: { horizon: 1 } },
		];
		const batches = batchesOf(mixed, { batchRecords: 10, batchBytes: 1_000 });
		expect(batches.map((batch) => bodyOf(batch, 'dataframe_split'))).toEqual([
			{ dataframe_split: { columns: ['a'], data: [[1], [3]] }, params: { horizon: 1 } },
			{ dataframe_split: { columns: ['a'], data: [[2]] } },
		]);
	});
});

test.each([
	[
		'dataframe_records',
		{
			dataframe_records: [
				{ a: 1, b: 'x' },
				{ b: 'y', a: 2 },
			],
		},
	],
	[
		'instances',
		{
			instances: [
				{ a: 1, b: 'x' },
				{ b: 'y', a: 2 },
			],
		},
	],
	[
		'inputs',
		{
			inputs: [
				{ a: 1, b: 'x' },
				{ b: 'y', a: 2 },
			],
		},
	],
	[
		'dataframe_split',
		{
			dataframe_split: {
				columns: ['a', 'b'],
				data: [
					[1, 'x'],
					[2, 'y'],
				],
			},
		},
	],
] as const)('the body of a request as %s', (format, body) => {
	const items = [
		{ item: 0, record: { a: 1, b: 'x' } },
		{ item: 1, record: { b: 'y', a: 2 } },
	];
	expect(bodyOf({ items }, format)).toEqual(body);
});

describe('records that must not be sent', () => {
	const columns = usualColumns([{ a: 1, b: 2 }, { b: 3, a: 4 }, { a: 5 }]);

	test('the columns that most records have count', () => expect(columns).toEqual(['a', 'b']));

	test.each([
		['the usual columns', { b: 1, a: 2 }, undefined],
		['null is a value', { a: null, b: 2 }, undefined],
		[
			'a column is missing',
			{ a: 1 },
			'The model input of the item has no "b", which other items have.',
		],
		[
			'undefined is missing',
			{ a: 1, b: undefined },
			'The model input of the item has no "b", which other items have.',
		],
		[
			'a column more',
			{ a: 1, b: 2, c: 3 },
			'The model input of the item has "c", which other items do not have.',
		],
		['not a number', { a: Number.NaN, b: 2 }, 'The model input of the item has no number in "a".'],
		['nothing at all', {}, 'The model input of the item is empty.'],
	])('%s', (_case, record, message) => {
		expect(problemOf(record, columns)?.message).toBe(message);
	});
});

describe('pairing predictions', () => {
	test.each([
		['a list', [1, 2], 2, [1, 2]],
		['a list of lists', [[1], [2]], 2, [[1], [2]]],
		[
			'columns',
			{ low: [1, 2], high: [3, 4] },
			2,
			[
				{ low: 1, high: 3 },
				{ low: 2, high: 4 },
			],
		],
		['one value for one item', 7, 1, [7]],
		['nothing known for one item', null, 1, [null]],
		['an object for one item', { mean: 2 }, 1, [{ mean: 2 }]],
	])('%s', (_case, predictions, count, paired) => {
		expect(predictionsOf(predictions, count)).toEqual(paired);
	});

	test.each([
		['fewer', [1], 2, 'The model answered 2 items with 1 predictions, so they cannot be paired.'],
		[
			'more',
			[1, 2, 3],
			2,
			'The model answered 2 items with 3 predictions, so they cannot be paired.',
		],
		[
			'one for all',
			6,
			3,
			'The model answered 3 items with one value for all of them, so they cannot be paired.',
		],
		[
			'columns of another length',
			{ y: [1] },
			2,
			'The model answered 2 items with one value for all of them, so they cannot be paired.',
		],
		['a chat', undefined, 1, 'The endpoint answered without predictions.'],
	])('%s', (_case, predictions, count, message) => {
		expect(() => predictionsOf(predictions, count)).toThrow(
			expect.objectContaining({ message, constructor: DatabricksError }),
		);
	});
});
