import { pageOfEvents, type EventQuery } from '../../../workspace/pipelines/eventLog';
import type { EventLevel, PipelineEvent } from '../../../workspace/pipelines/events';

function event(number: number, level: EventLevel, updateId: string): PipelineEvent {
	return {
		id: `e${number}`,
		sequence: { control_plane_seq_no: number },
		origin: { pipeline_id: 'p', pipeline_name: 'scout_etl', update_id: updateId },
		timestamp: `2026-10-31T00:00:0${number}.000Z`,
		message: 'Update u is RUNNING.',
		level,
		maturity_level: 'STABLE',
		event_type: 'update_progress',
		details: { update_progress: { state: 'RUNNING' } },
	};
}

const events = [
	event(1, 'INFO', 'u1'),
	event(2, 'ERROR', 'u1'),
	event(3, 'INFO', 'u2'),
	event(4, 'WARN', 'u2'),
	event(5, 'ERROR', 'u2'),
];

function idsOf(query: EventQuery): string {
	return pageOfEvents(events, query)
		.events.map(({ id }) => id)
		.join(' ');
}

it.each([
	[undefined, 'e5 e4 e3 e2 e1'],
	['', 'e5 e4 e3 e2 e1'],
	["level = 'ERROR'", 'e5 e2'],
	["level='ERROR'", 'e5 e2'],
	["level in ('ERROR', 'WARN')", 'e5 e4 e2'],
	['level IN ("ERROR")', 'e5 e2'],
	["update_id = 'u1'", 'e2 e1'],
	["origin.update_id = 'u2' AND level = 'INFO'", 'e3'],
	["id='e3'", 'e3'],
	["timestamp > '2026-10-31T00:00:03.000Z'", 'e5 e4'],
	["timestamp >= '2026-10-31T00:00:03Z' and timestamp < '2026-10-31T00:00:05Z'", 'e4 e3'],
	["timestamp = '2026-10-31T08:00:02+08:00'", 'e2'],
])('filter %s', (filter, expected) => {
	expect(idsOf({ filter })).toBe(expected);
});

it.each([
	"event_type = 'flow_progress'",
	"level > 'INFO'",
	"level = 'info'",
	"level in 'INFO'",
	"level in ('INFO'",
	"timestamp > 'yesterday'",
	"level = 'INFO' OR level = 'WARN'",
	"level = 'INFO' AND",
	'level = INFO',
	"level = 'INFO",
])('refuses the filter %s with 400', (filter) => {
	expect(() => idsOf({ filter })).toThrow(
		expect.objectContaining({ status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }),
	);
});

it('gives the oldest first when asked', () => {
	expect(idsOf({ orderBy: ['timestamp asc'] })).toBe('e1 e2 e3 e4 e5');
	expect(() => idsOf({ orderBy: ['level asc'] })).toThrow('order_by');
});

it.each([1, 2, 3])('pages of %d meet every event once, also while new ones come', (maxResults) => {
	const log = [...events];
	const seen: string[] = [];
	let pageToken: string | undefined;
	do {
		const query =
			pageToken === undefined ? { filter: "level in ('ERROR', 'INFO')" } : { pageToken };
		const page = pageOfEvents(log, { ...query, maxResults });
		seen.push(...page.events.map(({ id }) => id));
		pageToken = page.next_page_token;
		log.push(event(6 + log.length, 'ERROR', 'u3'));
	} while (pageToken !== undefined);
	expect(seen).toEqual(['e5', 'e3', 'e2', 'e1']);
});

it.each([{ filter: "level = 'INFO'" }, { orderBy: ['timestamp asc'] }])(
	'refuses a page token together with %j',
	(more) => {
		const { next_page_token: pageToken } = pageOfEvents(events, { maxResults: 2 });
		expect(() => pageOfEvents(events, { ...more, pageToken })).toThrow(
			'page_token cannot be combined',
		);
	},
);

it('refuses a page token that is none', () => {
	expect(() => idsOf({ pageToken: 'x' })).toThrow('page_token is not valid');
});
