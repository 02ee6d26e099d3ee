import { compare, job, run, runsOf } from './jobsUnderTest';
import { Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
});
afterAll(async () => {
	await bench.close();
});

const type = 'databricksRunJob';
const fieldsFor = async (locator: object | undefined) =>
	await bench.mapperFields(type, 'mapJobParameters', {
		authentication: 'accessToken',
		...(locator === undefined ? {} : { job: { __rl: true, ...locator } }),
	});

const field = (name: string, defaultValue: string) => ({
	id: name,
	displayName: name,
	type: 'string',
	defaultMatch: false,
	required: false,
	display: true,
	defaultValue,
});

async function create(settings: object): Promise<string> {
	const text = await bench.text('POST', '/api/2.2/jobs/create', settings);
	return /"job_id":\s*(\d+)/.exec(text)?.[1] ?? '';
}

/** A run of the job with these values in the fields of the mapper. */
const mapped = (id: string, value: object | null) =>
	run(id, { parameterMode: 'mapped', mappedParameters: { mappingMode: 'defineBelow', value } });

test('the fields are the parameters that the job declares, with their defaults', async () => {
	const parameters = [{ name: 'month', default: '2026-09' }, { name: 'agencies' }];
	const id = await create({ name: 'mapped', tasks: [compare('only')], parameters });
	const fields = [field('month', '2026-09'), field('agencies', '')];
	expect(await fieldsFor({ mode: 'id', value: id })).toEqual(fields);
	expect(await fieldsFor({ mode: 'list', value: id })).toEqual(fields);
	expect(await fieldsFor({ mode: 'name', value: 'Mapped' })).toEqual(fields);
	const url = `https://adb-1.2.azuredatabricks.net/jobs/${id}?o=1`;
	expect(await fieldsFor({ mode: 'url', value: url })).toEqual(fields);
});

test('a job with more than a page of parameters shows all of them', async () => {
	const parameters = Array.from({ length: 130 }, (_, index) => ({
		name: `p${index}`,
		default: '',
	}));
	const id = await create({ name: 'wide', tasks: [compare('only')], parameters });
	const fields = await fieldsFor({ mode: 'id', value: id });
	expect(fields.map((each) => each.id)).toEqual(parameters.map(({ name }) => name));
});

test('a job without parameters, and no job yet, have no fields', async () => {
	const id = await create({ name: 'plain', tasks: [compare('only')] });
	expect(await fieldsFor({ mode: 'id', value: id })).toEqual([]);
	expect(await fieldsFor({ mode: 'list', value: '' })).toEqual([]);
	expect(await fieldsFor(undefined)).toEqual([]);
});

test('a job that is not there is said to be missing', async () => {
	await expect(fieldsFor({ mode: 'id', value: '7' })).rejects.toThrow('Job 7 does not exist.');
	await expect(fieldsFor({ mode: 'name', value: 'nobody' })).rejects.toThrow(
		'There is no job named "nobody".',
	);
});

test.each([
	['a value', { month: '2026-10' }, '2026-10'],
	['a number becomes text', { month: 202_610 }, '202610'],
	['an emptied field is the empty text', { month: '' }, ''],
	['a field that was removed keeps its default', { month: null }, '2026-09'],
	['no value at all', null, '2026-09'],
])('%s', async (what, value, sent) => {
	const id = await job(bench, what, [compare('only')]);
	const [item] = await bench.items(mapped(id, value));
	expect(item).toMatchObject({ job_parameters: { month: sent } });
});

test('a field that the job has lost since is refused before anything starts', async () => {
	const id = await job(bench, 'changed', [compare('only')]);
	const { error } = await bench.run(mapped(id, { month: '2026-10', agency: 'RIM' }));
	expect(error?.message).toBe('The job "changed" declares no parameter "agency".');
	expect(await runsOf(bench, id)).toEqual([]);
});
