import { invalidParameter } from '../apiError';
import { pageOf } from '../paging';
import { readPageToken, writePageToken, type PageToken } from './paging';
import { statusOf } from './pipelineInfo';
import type { pipelinesOf } from './pipelines';
import { updateInfo, type Update } from './updates';

const defaultPageSize = 25;
const largestPageSize = 100;

interface ListQuery {
	filter?: string;
	order_by?: string;
	max_results?: number;
	page_token?: string;
}

/** A page of pipelines: by name, or by id when asked for. Throws ApiError 400. */
export function listPipelines(
	pipelines: ReturnType<typeof pipelinesOf>,
	query: ListQuery,
): Record<string, unknown> {
	const token =
		query.page_token === undefined
			? { list: 'pipelines', filter: query.filter ?? '', order: query.order_by ?? '', next: '' }
			: readPageToken(query.page_token, 'pipelines');
	const matches = nameTest(token.filter);
	const sorted = pipelines.list().filter(({ spec }) => matches(spec.name));
	const order = /^(?:(id|name)(?: (asc|desc))?)?$/i.exec(token.order);
	if (!order) throw invalidParameter('order_by must be "id" or "name", with "asc" or "desc".');
	if (order[1]?.toLowerCase() === 'id') {
		sorted.sort((a, b) => (a.pipelineId < b.pipelineId ? -1 : 1));
	}
	if (order[2]?.toLowerCase() === 'desc') sorted.reverse();
	const { items, nextPageToken } = pageOf(sorted, ({ pipelineId }) => pipelineId, {
		size: pageSize(query.max_results),
		token: token.next,
	});
	if (items.length === 0) return {};
	return {
		statuses: items.map(({ pipelineId }) => statusOf(pipelines, pipelineId)),
		...nextPage(token, nextPageToken),
	};
}

/** A page of updates, newest first, down to the one that is named. Throws ApiError 400. */
export function listUpdates(
	updates: Update[],
	query: { max_results?: number; page_token?: string; until_update_id?: string },
): Record<string, unknown> {
	const until = query.until_update_id;
	const last = updates.findIndex(({ updateId }) => updateId === until);
	if (until !== undefined && last < 0) {
		throw invalidParameter(`The specified update ${until} was not found.`);
	}
	const { items, nextPageToken } = pageOf(
		until === undefined ? updates : updates.slice(0, last + 1),
		({ updateId }) => updateId,
		{
			size: pageSize(query.max_results),
			token: query.page_token && readPageToken(query.page_token, 'updates').next,
		},
	);
	const token = { list: 'updates', filter: '', order: '', next: '' };
	return { updates: items.map(updateInfo), ...nextPage(token, nextPageToken) };
}

function nextPage(token: PageToken, next: string | undefined): { next_page_token?: string } {
	return next === undefined ? {} : { next_page_token: writePageToken({ ...token, next }) };
}

function pageSize(maxResults = defaultPageSize): number {
	if (maxResults < 0) throw invalidParameter('max_results must not be negative.');
	return Math.min(maxResults || defaultPageSize, largestPageSize);
}

/** `name LIKE '%x%'`: % stands for any text, _ for any character. There are no notebooks to match. */
function nameTest(filter: string): (name: string) => boolean {
	if (filter.trim() === '') return () => true;
	const pattern = /^\s*name\s+LIKE\s+'((?:[^']|'')*)'\s*$/i.exec(filter)?.[1];
	if (pattern !== undefined) {
		const source = pattern
			.replaceAll("''", "'")
			.replace(/[\\^$.*+?()[\]{}|%_]/g, (character) =>
				character === '%' ? '.*' : character === '_' ? '.' : `\\${character}`,
			);
		const expression = new RegExp(`^${source}$`, 's');
		return (name) => expression.test(name);
	}
	if (/^\s*notebook\s*=\s*'[^']*'\s*$/i.test(filter)) return () => false;
	throw invalidParameter(
		`The filter "${filter}" cannot be read. Use name LIKE '%text%' or notebook='<path>'.`,
	);
}
