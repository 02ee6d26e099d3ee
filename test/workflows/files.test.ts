import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeHelpers, type INode, type INodeParameters } from 'n8n-workflow';
import { z } from 'zod';
import { createEngine, type Engine } from '../../tooling/engine/engine';
import { parseWorkflow } from '../../tooling/engine/workflowFile';
import { repositoryRoot } from '../../tooling/start/repositoryRoot';
import { workflowFiles } from '../../tooling/start/demo';

const root = repositoryRoot(__dirname);
const files = [...Object.values(workflowFiles), 'run-job-durable.json'];
/** What a node and its name take up in the editor, in its units. */
const nodeSize = 120;
const noteSchema = z.object({
	x: z.number(),
	y: z.number(),
	width: z.number(),
	height: z.number(),
	content: z.string(),
});
let engine: Engine;

beforeAll(async () => {
	engine = createEngine({
		packageDirectories: [root, join(root, 'node_modules', 'n8n-nodes-base')],
	});
	await engine.load();
});

function textOf(file: string): string {
	return readFileSync(join(root, 'workflows', file), 'utf8');
}

/** What n8n's editor marks red on a node: required fields that are empty, values out of range. */
function issuesOf(node: INode): unknown {
	const { description } = engine.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const parameters = NodeHelpers.getNodeParameters(
		description.properties,
		node.parameters,
		true,
		false,
		node,
		description,
	);
	const complete: INodeParameters = parameters ?? {};
	return NodeHelpers.getNodeParametersIssues(
		description.properties,
		{ ...node, parameters: complete },
		description,
	);
}

/** Each parameter that stands in the file has to be one that the node knows. */
function unknownParameters(node: INode): string[] {
	const { description } = engine.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const known = new Set(description.properties.map(({ name }) => name));
	return Object.keys(node.parameters).filter((name) => !known.has(name));
}

describe.each(files)('workflows/%s', (file) => {
	const workflow = parseWorkflow(JSON.parse(textOf(file)));
	const nodes = workflow.nodes.filter(({ type }) => !type.endsWith('.stickyNote'));

	test('uses nodes that exist, with parameters that they know and nothing left to fill in', () => {
		const found = nodes.map((node) => ({
			name: node.name,
			unknown: unknownParameters(node),
			issues: issuesOf(node),
		}));
		expect(found).toEqual(nodes.map(({ name }) => ({ name, unknown: [], issues: null })));
	});

	test('names its credentials, of types that the nodes take, and holds no secret', () => {
		const used = nodes.flatMap(({ credentials = {} }) => Object.entries(credentials));
		for (const [type, credential] of used) {
			expect(engine.nodeTypes.credentialType(type)).toBeDefined();
			expect(credential).toEqual({ id: credential.name, name: expect.stringMatching(/\w/) });
		}
		expect(used.length).toBeGreaterThan(2);
		expect(textOf(file)).not.toMatch(
			/dapi[0-9a-f]{8}|dose[0-9a-f]{8}|Bearer \w|password"|127\.0\.0\.1/,
		);
	});

	test('has no Code node', () => {
		expect(nodes.filter(({ type }) => /\.(code|function|functionItem)$/.test(type))).toEqual([]);
	});

	test('connects nodes that are there, and each is reached from a trigger', () => {
		const names = new Set(workflow.nodes.map(({ name }) => name));
		const targets = Object.entries(workflow.connections).flatMap(([source, outputs]) => [
			source,
			...Object.values(outputs).flatMap((lists) =>
				lists.flatMap((list) => (list ?? []).map(({ node }) => node)),
			),
		]);
		expect(targets.filter((name) => !names.has(name))).toEqual([]);
		const reached = new Set(nodes.filter((node) => isTrigger(node)).map(({ name }) => name));
		for (const name of reached) {
			for (const lists of Object.values(workflow.connections[name] ?? {})) {
				for (const { node } of lists.flatMap((list) => list ?? [])) reached.add(node);
			}
		}
		expect(nodes.filter(({ name }) => !reached.has(name))).toEqual([]);
	});

	test('sends every failure to the node that tells about it', () => {
		const failing = nodes.filter(({ onError }) => onError === 'continueErrorOutput');
		const target = failing.map(({ name }) => ({
			name,
			to: workflow.connections[name]?.main?.at(-1)?.map(({ node }) => node),
		}));
		const allowed = [['What Failed'], ['Filed Before?']];
		expect(target.filter(({ to }) => !allowed.some((each) => each.join() === to?.join()))).toEqual(
			[],
		);
		const asks = /\.(httpRequest|odoo|databricks\w+)$/;
		const silent = nodes.filter(({ type, onError }) => asks.test(type) && onError === undefined);
		expect(silent).toEqual([]);
	});

	test('can be read: every step stands on a note, none on another', () => {
		const notes = workflow.nodes
			.filter((node) => !nodes.includes(node))
			.map(({ position: [x, y], parameters }) => noteSchema.parse({ x, y, ...parameters }));
		expect(notes.filter(({ content }) => content.trim() === '')).toEqual([]);
		const outside = nodes.filter((node) => {
			const [x, y] = node.position;
			const holds = notes.some(
				(note) =>
					x >= note.x &&
					x + nodeSize <= note.x + note.width &&
					y >= note.y &&
					y + nodeSize <= note.y + note.height,
			);
			return !holds && !isTrigger(node);
		});
		expect(outside.map(({ name }) => name)).toEqual([]);
		const touching = nodes.flatMap((node, at) =>
			nodes
				.slice(at + 1)
				.filter(
					(other) =>
						Math.abs(node.position[0] - other.position[0]) < nodeSize &&
						Math.abs(node.position[1] - other.position[1]) < nodeSize,
				)
				.map((other) => `${node.name} and ${other.name}`),
		);
		expect(touching).toEqual([]);
	});
});

function isTrigger({ type }: INode): boolean {
	return /(Trigger|\.webhook)$/.test(type);
}
