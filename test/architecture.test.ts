import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { breachesOf, type Source } from './sourceRules';

const root = join(__dirname, '..');

function sourcesIn(folder: string): Source[] {
	return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((file) => !file.includes(`${sep}node_modules${sep}`))
		.map((file) => ({
			path: file.slice(root.length + 1).replaceAll(sep, '/'),
			text: readFileSync(file, 'utf8'),
		}));
}

it.each(['nodes', 'credentials', 'workspace', 'tooling', 'test'])(
	'%s keeps the architecture',
	(folder) => {
		const sources = sourcesIn(folder);
		expect(sources.length).toBeGreaterThan(0);
		expect(breachesOf(sources)).toEqual([]);
	},
);

describe('the rules notice', () => {
	it.each([
		[
			'a client that knows n8n',
			'nodes/databricks/jobs.ts',
			`import { NodeApiError } from 'n8n-workflow';`,
			'nodes/databricks/jobs.ts: must not import the package n8n-workflow.',
		],
		[
			'a client that knows it by type',
			'nodes/databricks/jobs.ts',
			`import type { INode } from 'n8n-workflow';`,
			'nodes/databricks/jobs.ts: must not import the package n8n-workflow.',
		],
		[
			'a client that knows it by require',
			'nodes/databricks/jobs.ts',
			`const n8n = require('n8n-core');`,
			'nodes/databricks/jobs.ts: must not import the package n8n-core.',
		],
		[
			'a client that knows it by import()',
			'nodes/databricks/jobs.ts',
			`await import('n8n-core');`,
			'nodes/databricks/jobs.ts: must not import the package n8n-core.',
		],
		[
			'the other zod',
			'nodes/databricks/jobs.ts',
			`import { z } from 'zod';`,
			'nodes/databricks/jobs.ts: must not import the package zod.',
		],
		[
			'the client looking up',
			'nodes/databricks/jobs.ts',
			`import { x } from '../n8n/context';`,
			'nodes/databricks/jobs.ts: must not import nodes/n8n/context.',
		],
		[
			'the client looking at a node',
			'nodes/databricks/auth/a.ts',
			`export * from '../../RunJob/fields';`,
			'nodes/databricks/auth/a.ts: must not import nodes/RunJob/fields.',
		],
		[
			'the core of the client looking at a service',
			'nodes/databricks/workspace.ts',
			`import { x } from './sql/statements';`,
			'nodes/databricks/workspace.ts: must not import nodes/databricks/sql/statements.',
		],
		[
			'signing in that looks at a service',
			'nodes/databricks/auth/a.ts',
			`import { x } from '../sql/statements';`,
			'nodes/databricks/auth/a.ts: must not import nodes/databricks/sql/statements.',
		],
		[
			'n8n looking at a node',
			'nodes/n8n/pickers.ts',
			`import { x } from '../RunJob/fields';`,
			'nodes/n8n/pickers.ts: must not import nodes/RunJob/fields.',
		],
		[
			'a node looking at another',
			'nodes/RunJob/runJob.ts',
			`import { x } from '../SqlStatement/fields';`,
			'nodes/RunJob/runJob.ts: must not import nodes/SqlStatement/fields.',
		],
		[
			'a node looking at the local workspace',
			'nodes/RunJob/runJob.ts',
			`import { x } from '../../workspace/clock';`,
			'nodes/RunJob/runJob.ts: must not import workspace/clock.',
		],
		[
			'the local workspace looking at the client',
			'workspace/jobs/routes.ts',
			`import { x } from '../../nodes/databricks/ids';`,
			'workspace/jobs/routes.ts: must not import nodes/databricks/ids.',
		],
		[
			'a node with a package of its own',
			'nodes/RunJob/runJob.ts',
			`import axios from 'lodash';`,
			'nodes/RunJob/runJob.ts: must not import the package lodash.',
		],
		[
			'fetch',
			'nodes/databricks/jobs.ts',
			`await fetch('https://x');`,
			'nodes/databricks/jobs.ts: fetch sends; only nodes/databricks/transport.ts does.',
		],
		[
			'fetch under another name',
			'nodes/databricks/jobs.ts',
			`const send = fetch;`,
			'nodes/databricks/jobs.ts: fetch sends; only nodes/databricks/transport.ts does.',
		],
		[
			'fetch handed on',
			'nodes/databricks/jobs.ts',
			`function sender() { return fetch; }`,
			'nodes/databricks/jobs.ts: fetch sends; only nodes/databricks/transport.ts does.',
		],
		[
			'fetch as a choice',
			'nodes/databricks/jobs.ts',
			`call(given ?? fetch, { fetch });`,
			'nodes/databricks/jobs.ts: fetch sends; only nodes/databricks/transport.ts does.',
		],
		[
			'fetch of the global object',
			'nodes/databricks/jobs.ts',
			`globalThis.fetch('https://x');`,
			'nodes/databricks/jobs.ts: globalThis.fetch sends; only nodes/databricks/transport.ts does.',
		],
		[
			'undici',
			'nodes/databricks/jobs.ts',
			`import { request } from 'undici';`,
			'nodes/databricks/jobs.ts: undici is a second way out; only nodes/databricks/transport.ts sends.',
		],
		[
			'http',
			'nodes/databricks/jobs.ts',
			`import http from 'node:http';`,
			'nodes/databricks/jobs.ts: node:http is a second way out; only nodes/databricks/transport.ts sends.',
		],
		[
			'a dispatcher used directly',
			'nodes/databricks/jobs.ts',
			`await connection.dispatcher.request({});`,
			'nodes/databricks/jobs.ts: dispatcher.request sends; only nodes/databricks/transport.ts does.',
		],
		[
			"n8n's request helper",
			'nodes/n8n/context.ts',
			`await this.helpers.httpRequestWithAuthentication.call(this, 'x', {});`,
			'nodes/n8n/context.ts: helpers.httpRequestWithAuthentication sends; only nodes/databricks/transport.ts does.',
		],
		[
			"n8n's request helper in a credential",
			'credentials/X.credentials.ts',
			`await this.helpers.httpRequest({});`,
			'credentials/X.credentials.ts: helpers.httpRequest sends; only nodes/databricks/transport.ts does.',
		],
		[
			'an index',
			'nodes/databricks/index.ts',
			'',
			'nodes/databricks/index.ts: "index" is a name that says nothing.',
		],
		[
			'a folder of everything',
			'nodes/n8n/shared/x.ts',
			'',
			'nodes/n8n/shared/x.ts: "shared" is a name that says nothing.',
		],
		[
			'helpers',
			'workspace/sql/helpers.ts',
			'',
			'workspace/sql/helpers.ts: "helpers" is a name that says nothing.',
		],
		[
			'a sleep in a test',
			'test/nodes/x.test.ts',
			`await new Promise((resolve) => setTimeout(resolve, 5));`,
			'test/nodes/x.test.ts: setTimeout waits for time; a test waits for the state itself.',
		],
		[
			'a sleep of a global object',
			'test/nodes/x.test.ts',
			`globalThis.setTimeout(done, 5);`,
			'test/nodes/x.test.ts: setTimeout waits for time; a test waits for the state itself.',
		],
		[
			'a sleep of a module',
			'test/nodes/x.test.ts',
			`import { setTimeout as wait } from 'node:timers/promises';`,
			'test/nodes/x.test.ts: node:timers/promises waits for time; a test waits for the state itself.',
		],
	])('%s', (_what, path, text, breach) => {
		expect(breachesOf([{ path, text }])).toContain(breach);
	});

	it.each([
		[
			'types of undici',
			'nodes/databricks/workspace.ts',
			`import type { Dispatcher } from 'undici';`,
		],
		[
			'the transport sending',
			'nodes/databricks/transport.ts',
			`import { request } from 'undici'; dispatcher.request({});`,
		],
		[
			'a node using both layers below it',
			'nodes/RunJob/runJob.ts',
			`import { a } from '../n8n/context'; import { b } from '../databricks/jobs'; import { c } from './fields'; import { NodeApiError } from 'n8n-workflow';`,
		],
		[
			'a method that is called request',
			'nodes/databricks/jobs.ts',
			`await workspace.request({ method: 'GET', path: '/x' });`,
		],
		[
			'a property that is called fetch',
			'nodes/databricks/jobs.ts',
			`const a = { fetch: 1 }; a.fetch;`,
		],
		[
			'a token that n8n asks a credential for',
			'credentials/X.credentials.ts',
			`class X { async preAuthentication() { await this.helpers.httpRequest({}); } }`,
		],
		['a timer in a product', 'workspace/clock.ts', `setTimeout(wake, 5);`],
		['names in texts', 'nodes/RunJob/fields.ts', `const hint = 'import x from "axios"; fetch(1)';`],
	])('nothing wrong in %s', (_what, path, text) => {
		expect(breachesOf([{ path, text }])).toEqual([]);
	});
});
