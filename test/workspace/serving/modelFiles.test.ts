import { ServingUnderTest } from './servingUnderTest';

let under: ServingUnderTest;
beforeAll(async () => {
	under = await ServingUnderTest.open();
});
afterAll(() => under.server.close());

const root = '/api/2.0/fs/files/Models/platinum/bir/bir_tax_forecaster';

test('the signature of a version stands in its MLmodel file', async () => {
	const { status, body } = await under.ask('GET', `${root}/2/MLmodel`);
	const text = String(body);
	expect(status).toBe(200);
	expect(text).toContain('\nsignature:\n  inputs: \'[{"type": "string", "name": "agency", ');
	const unfolded = text.replace(/\n {4}/g, ' ');
	expect(unfolded).toContain('{"type": "double", "name": "rolling_12m_avg", "required": true}]\'');
	expect(text.split('\n').every((line) => line.length < 120)).toBe(true);
});

test.each([
	['/9/MLmodel', 404],
	['/2/python_model.pkl', 501],
])('%s answers %d', async (path, status) => {
	expect((await under.ask('GET', `${root}${path}`)).status).toBe(status);
});
