import type { INode } from 'n8n-workflow';
import { DatabricksError } from '../../nodes/databricks/errors';
import { errorItem, toNodeError } from '../../nodes/n8n/nodeError';

const node: INode = {
	id: '1',
	name: 'Run Job',
	type: 'databricksRunJob',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

function failed(pageUrl: string) {
	return new DatabricksError({
		kind: 'failed',
		message: 'Run 7 failed',
		hint: 'Repair it.',
		errorCode: 'DIVIDE_BY_ZERO',
		ids: { runId: '7', pageUrl },
	});
}

const page = 'https://adb-1.7.azuredatabricks.net/?o=1&x=2#job/1/run/7';

test('the panel gets what to do, the code, and the page as a link, which a long address would break', () => {
	const { description } = toNodeError(node, failed(page));
	expect(description?.split('\n')).toEqual([
		'Repair it.',
		'Code: DIVIDE_BY_ZERO',
		`Details: <a href="${page.replace('&', '&amp;')}" target="_blank">Open in Databricks</a>`,
	]);
});

test('an item gets the address itself', () => {
	const { json } = errorItem(node, failed(page), 0);
	expect(json.details).toMatchObject({
		description: `Repair it.\nCode: DIVIDE_BY_ZERO\nDetails: ${page}`,
		page_url: page,
	});
});

test.each(['javascript:alert(1)', 'https://a/"><script>', 'no address'])(
	'%s does not become a link',
	(url) => {
		expect(toNodeError(node, failed(url)).description).toContain(`Details: ${url}`);
	},
);
