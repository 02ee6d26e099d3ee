import { invalidParameter } from '../apiError';
import { pageOf } from '../paging';
import type { PipelineEvent } from './events';
import { parseEventFilter } from './eventFilter';
import { readPageToken, writePageToken } from './paging';

export interface EventQuery {
	filter?: string;
	orderBy?: string[];
	maxResults?: number;
	pageToken?: string;
}

const defaultPageSize = 25;
const largestPageSize = 1000;

/**
 * A page of events, newest first unless `timestamp asc` is asked for. A page token stands for the
 * whole query: next to it only max_results is allowed. Throws ApiError 400.
 */
export function pageOfEvents(
	events: PipelineEvent[],
	query: EventQuery,
): { events: PipelineEvent[]; next_page_token?: string } {
	const { maxResults = defaultPageSize, pageToken } = query;
	if (maxResults < 0) throw invalidParameter('max_results must not be negative.');
	if (pageToken !== undefined && (query.filter !== undefined || query.orderBy !== undefined)) {
		throw invalidParameter(
			'page_token cannot be combined with filter or order_by: the token stands for them.',
		);
	}
	const token =
		pageToken === undefined
			? { list: 'events', filter: query.filter ?? '', order: orderOf(query.orderBy), next: '' }
			: readPageToken(pageToken, 'events');
	const matching = events.filter(parseEventFilter(token.filter));
	if (token.order === 'desc') matching.reverse();
	const size = Math.min(maxResults || defaultPageSize, largestPageSize);
	const { items, nextPageToken } = pageOf(matching, ({ id }) => id, { size, token: token.next });
	return {
		events: items,
		...(nextPageToken === undefined
			? {}
			: { next_page_token: writePageToken({ ...token, next: nextPageToken }) }),
	};
}

function orderOf(orderBy: string[] = ['timestamp desc']): 'asc' | 'desc' {
	const order = /^timestamp(?:\s+(asc|desc))?$/i.exec(orderBy[0] ?? '');
	if (orderBy.length !== 1 || !order) {
		throw invalidParameter('order_by must be "timestamp asc" or "timestamp desc".');
	}
	return order[1]?.toLowerCase() === 'desc' ? 'desc' : 'asc';
}
