import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { createEngine } from '../../tooling/engine/engine';

const root = resolve(__dirname, '../..');
const packageName = 'n8n-nodes-databricks-lakehouse';
const nodeNames = [
	'databricksRunJob',
	'databricksPipelineUpdate',
	'databricksSqlStatement',
	'databricksModelPredict',
	'databricksDeltaTrigger',
	'databricksDeltaCheckpoint',
	'databricksVolumeFile',
	'databricksRunTrigger',
];
const credentialNames = ['databricksLakehouseTokenApi', 'databricksLakehouseOAuth2Api'];

const engine = createEngine({
	packageDirectories: [resolve(root, 'node_modules/n8n-nodes-base'), root],
});
beforeAll(() => engine.load());

/** What saved workflows depend on: a changed name, default or option shows here. */
test.each(nodeNames)('%s keeps its description', (name) => {
	const { description } = engine.nodeTypes.getByNameAndVersion(`${packageName}.${name}`);
	expect(JSON.parse(JSON.stringify(description))).toMatchSnapshot();
});

test.each(credentialNames)('%s keeps its fields', (name) => {
	const type = engine.nodeTypes.credentialType(name);
	expect(JSON.parse(JSON.stringify(type))).toMatchSnapshot();
});

test.each(nodeNames)('%s has a codex, icons that exist, and a method for every list', (name) => {
	const type = engine.nodeTypes.getByNameAndVersion(`${packageName}.${name}`);
	const { codex, iconUrl } = type.description;
	expect(codex?.categories?.length).toBeGreaterThan(0);
	// The editor's search leaves out a node of this category that has no place in an AI agent.
	expect(codex?.categories).not.toContain('AI');
	expect(codex?.alias).toContain('lakehouse');
	const icons = typeof iconUrl === 'object' ? [iconUrl.light, iconUrl.dark] : [];
	expect(new Set(icons).size).toBe(2);
	for (const icon of icons) {
		expect(existsSync(resolve(root, icon.replace(`icons/${packageName}/`, '')))).toBe(true);
	}
	const methods = Object.keys(type.methods?.listSearch ?? {});
	const asked = type.description.properties
		.flatMap((property) => property.modes ?? [])
		.flatMap((mode) => mode.typeOptions?.searchListMethod ?? []);
	expect(new Set(methods)).toEqual(new Set(asked));
});

test.each(nodeNames)('every field of %s has a description that says more than its name', (name) => {
	const { properties } = engine.nodeTypes.getByNameAndVersion(`${packageName}.${name}`).description;
	const without: string[] = [];
	const visit = (fields: { name: string; description?: string; options?: unknown }[]) => {
		for (const field of fields) {
			// n8n adds this one to polling triggers; 'Trigger On' explains itself.
			if (['pollTimes', 'changes', 'events'].includes(field.name)) continue;
			if ('displayName' in field && !field.description && !('values' in field))
				without.push(field.name);
			if ('values' in field && Array.isArray(field.values)) visit(field.values);
			if (Array.isArray(field.options)) visit(field.options);
		}
	};
	visit(properties);
	expect(without).toEqual([]);
});

test.each(nodeNames)("'Options' stand last in every operation of %s", (name) => {
	const { properties } = engine.nodeTypes.getByNameAndVersion(`${packageName}.${name}`).description;
	const values = (
		properties.find(({ name }) => ['operation', 'event'].includes(name))?.options ?? []
	).flatMap((option) => ('value' in option ? [option.value] : []));
	for (const value of values.length > 0 ? values : ['']) {
		const shown = properties.filter(({ displayOptions }) => {
			const { operation, event } = displayOptions?.show ?? {};
			return (operation ?? event ?? [value]).includes(value);
		});
		expect(shown.findIndex(({ name }) => name === 'options') + 1 || shown.length).toBe(
			shown.length,
		);
	}
});

test('Run Job asks for the job and its parameters before it asks how to wait', () => {
	const { properties } = engine.nodeTypes.getByNameAndVersion(
		`${packageName}.databricksRunJob`,
	).description;
	const names = properties.map(({ name }) => name);
	const places = ['job', 'mappedParameters', 'taskDefinition', 'wait', 'options'];
	const found = places.map((name) => names.lastIndexOf(name));
	expect(found).toEqual([...found].sort((a, b) => a - b));
});
