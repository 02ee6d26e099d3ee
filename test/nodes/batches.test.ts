import { batchesOf, bodyOf, predictionsOf } from '../../nodes/ModelPredict/batches';
import { checkRecords, usualColumns } from '../../nodes/ModelPredict/records';
import { DatabricksError } from '../../nodes/databricks/errors';

const read = (records: Record<string, unknown>[], params?: Record<string, unknown>) =>
	records.map((record, item) => ({ item, record, params }));
const months = (count: number) =>
	checkRecords(
		read(Array.from({ length: count }, (_, month) => ({ month }))),
		'dataframe_records',
		undefined,
	).prepared;

describe('packing items into requests', () => {
	test.each([
		['all in one', 5, { batchRecords: 10, batchBytes: 1_000 }, [5]],
		['by count', 5, { batchRecords: 2, batchBytes: 1_000 }, [2, 2, 1]],
		// {"month":0} and a comma are 12 bytes; what is around them 200 and their shared part 21.
		['by bytes', 5, { batchRecords: 10, batchBytes: 250 }, [2, 2, 1]],
		['an item above the limit goes alone', 3, { batchRecords: 10, batchBytes: 1 }, [1, 1, 1]],
		['nothing', 0, { batchRecords: 10, batchBytes: 30 }, []],
	])('%s', (_case, count, limits, sizes) => {
		const batches = batchesOf(months(count), limits);
		expect(batches.map((items) => items.length)).toEqual(sizes);
		expect(batches.flatMap((items) => items.map(({ item }) => item))).toEqual([
			...Array(count).keys(),
		]);
	});

	test('items with other parameters go into another request', () => {
		const mixed = [
			{ item: 0, record: { a: 1 }, params: { horizon: 1 } },
			{ item: 1, record: { a: 2 } },
			{ item: 2, record: { a: 3 }, params: { horizon: 1 } },
		];
		const { prepared } = checkRecords(mixed, 'dataframe_split', undefined);
		const batches = batchesOf(prepared, { batchRecords: 10, batchBytes: 1_000 });
		expect(batches.map((batch) => JSON.parse(bodyOf(batch, 'dataframe_split')))).toEqual([
			{ dataframe_split: { columns: ['a'], data: [[1], [3]] }, params: { horizon: 1 } },
			{ dataframe_split: { columns: ['a'], data: [[2]] } },
		]);
	});

	test.each(['dataframe_split', 'dataframe_records', 'inputs'] as const)(
		'a record without an optional column goes into another request (%s)',
		(format) => {
			const model = [
				{ name: 'a', type: 'double', required: true },
				{ name: 'b', type: 'double', required: false },
			] as const;
			const { prepared } = checkRecords(
				read([{ a: 1, b: 1 }, { a: 2 }, { b: 3, a: 3 }]),
				format,
				model,
			);
			const batches = batchesOf(prepared, { batchRecords: 10, batchBytes: 1_000 });
			expect(batches.map((batch) => batch.map(({ item }) => item))).toEqual([[0, 2], [1]]);
		},
	);
});

const records = [
	{ a: 1, b: 'x' },
	{ a: 2, b: 'y' },
];
test.each([
	['dataframe_records', { dataframe_records: records }],
	['instances', { instances: records }],
	['inputs', { inputs: records }],
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
	const given = read([
		{ a: 1, b: 'x' },
		{ b: 'y', a: 2 },
	]);
	const { prepared } = checkRecords(given, format, undefined);
	expect(JSON.parse(bodyOf(prepared, format))).toEqual(body);
});

describe('records that must not be sent', () => {
	const usual = [
		{ a: 1, b: 2 },
		{ b: 3, a: 4 },
		{ a: 5, b: 6 },
	];
	test('the columns that most records have count', () =>
		expect(usualColumns([...usual, { a: 5 }])).toEqual(['a', 'b']));

	const first = 'The model input of the item has';
	test.each([
		['the usual columns', { b: 1, a: 2 }, undefined],
		['null is a value', { a: null, b: 2 }, undefined],
		['a column is missing', { a: 1 }, `${first} no "b", which other items have.`],
		['undefined is missing', { a: 1, b: undefined }, `${first} no "b", which other items have.`],
		['a column more', { a: 1, b: 2, c: 3 }, `${first} "c", which other items do not have.`],
		['not a number', { a: Number.NaN, b: 2 }, `${first} no number in "a".`],
		[
			'a text among numbers',
			{ a: '1', b: 2 },
			`${first} a text in "a", where other items have a number.`,
		],
		[
			'true among numbers',
			{ a: true, b: 2 },
			`${first} true or false in "a", where other items have a number.`,
		],
		['nothing at all', {}, 'The model input of the item is empty.'],
	])('%s', (_case, record, message) => {
		const { problems } = checkRecords(read([...usual, record]), 'inputs', undefined);
		expect(problems.map(({ item, error }) => [item, error.message])).toEqual(
			message === undefined ? [] : [[3, message]],
		);
	});

	test('times with and without zone are not mixed', () => {
		const times = ['2026-10-31T08:00:00', '2026-10-31T09:00:00', '2026-10-31T08:00:00Z'];
		const { problems } = checkRecords(read(times.map((at) => ({ at }))), 'inputs', undefined);
		expect(problems.map(({ item, error }) => [item, error.message])).toEqual([
			[2, `${first} a time with zone in "at", where other items have a time without zone.`],
		]);
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
