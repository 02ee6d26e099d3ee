import { ServingUnderTest } from './servingUnderTest';

let under: ServingUnderTest;
beforeAll(async () => {
	under = await ServingUnderTest.open();
	for (const name of ['chat', 'completions', 'embeddings']) {
		await under.serve(name, [{ entity_name: `system.ai.local_${name}` }]);
	}
});
afterAll(() => under.server.close());

const ask = async (name: string, body: unknown) =>
	await under.ask('POST', `/serving-endpoints/${name}/invocations`, body);

const says = 'The local workspace has no language model and repeats what it was given.';
const usage = (prompt: number, completion: number) => ({
	prompt_tokens: prompt,
	completion_tokens: completion,
	total_tokens: prompt + completion,
});

test('endpoints of language models tell their task', async () => {
	const { body } = await under.ask('GET', '/api/2.0/serving-endpoints');
	expect(body).toMatchObject({
		endpoints: [
			{ name: 'chat', task: 'llm/v1/chat' },
			{ name: 'completions', task: 'llm/v1/completions' },
			{ name: 'embeddings', task: 'llm/v1/embeddings' },
		],
	});
});

test('a chat repeats what it was asked and told, and says that it is no model', async () => {
	const messages = [
		{ role: 'system', content: 'Be short.' },
		{ role: 'user', content: 'How much tax?' },
	];
	const answer = await ask('chat', { messages, temperature: 0.5 });
	expect(answer).toEqual({
		status: 200,
		served: 'local_chat',
		retryAfter: null,
		body: {
			id: expect.stringMatching(/^local-[0-9a-f]{24}$/),
			object: 'chat.completion',
			created: Math.floor(under.clock.now() / 1000),
			model: 'local-chat',
			choices: [
				{
					index: 0,
					message: {
						role: 'assistant',
						content: `${says} Told beforehand: Be short. Asked: How much tax?`,
					},
					finish_reason: 'stop',
				},
			],
			usage: usage(5, 21),
		},
	});
	expect((await ask('chat', { messages, temperature: 0.5 })).body).toEqual(answer.body);
	expect((await ask('chat', { messages, max_tokens: 3 })).body).toMatchObject({
		choices: [{ message: { content: 'The local workspace' }, finish_reason: 'length' }],
		usage: usage(5, 3),
	});
});

test('a completion goes on with each prompt', async () => {
	expect((await ask('completions', { prompt: ['one', 'two'], n: 2 })).body).toMatchObject({
		object: 'text_completion',
		choices: ['one', 'one', 'two', 'two'].map((word, index) => ({
			index,
			text: `… ${word} (${says})`,
			finish_reason: 'stop',
		})),
	});
});

test('equal texts have equal vectors of length 1', async () => {
	const { body } = await ask('embeddings', { input: ['withholding tax', 'Withholding tax', 'x'] });
	const { data } = JSON.parse(JSON.stringify(body));
	const [first, second, third] = data.map(({ embedding }: { embedding: number[] }) => embedding);
	expect(second).toEqual(first);
	expect(third).not.toEqual(first);
	expect(Math.hypot(...first)).toBeCloseTo(1, 4);
	expect(body).toMatchObject({ object: 'list', usage: { prompt_tokens: 5, total_tokens: 5 } });
});

const user = [{ role: 'user', content: 'hi' }];
test.each([
	['chat', { inputs: [1] }, 400, /messages/],
	['chat', { messages: user, inputs: [1] }, 400, /^Bad request: json: unknown field "inputs"$/],
	['chat', { messages: [] }, 400, /messages/],
	['chat', { messages: user, temperature: 3 }, 400, /temperature/],
	['chat', { messages: user, n: 9 }, 400, /n: /],
	['chat', { messages: user, stream: true }, 501, /streamed answers/],
	['embeddings', { prompt: 'x' }, 400, /input/],
	['completions', { messages: user }, 400, /prompt/],
])('%s refuses %j', async (name, body, status, message) => {
	expect(await ask(name, body)).toMatchObject({
		status,
		body: { message: expect.stringMatching(message) },
	});
});

test('a request to a language model has at most 4 MB', async () => {
	const input = 'x'.repeat(4 * 1024 * 1024);
	expect((await ask('embeddings', { input })).status).toBe(413);
});
