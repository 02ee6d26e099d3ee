import type { TypingOptions } from '../databricks/sql/columnTypes';
import { DatabricksError } from '../databricks/errors';
import type { Parameters } from '../n8n/parameters';
import { textOf } from '../n8n/parameters';

/** What the options say about how statements are run. */
export interface RunSettings {
	timeoutMs: number;
	queryTags?: Record<string, string>;
	whenStopped: 'start' | 'fail';
	warehouseTimeoutMs: number;
}

/** What the options say about how results are read. */
export interface ResultSettings {
	typing: TypingOptions;
	chunksInFlight: number;
}

/** Throws DatabricksError (badRequest) that names the wrong option. */
export function readRunSettings(parameters: Parameters): RunSettings {
	const stopped = parameters.optionalText('options.stoppedWarehouse') ?? 'start';
	const seconds = (name: string, label: string, fallback: number) =>
		parameters.number(`options.${name}`, label, fallback, 1) * 1_000;
	return {
		timeoutMs: seconds('timeoutSeconds', 'Timeout (Seconds)', 600),
		queryTags: tagsIn(parameters.rows('options.queryTags.values')),
		whenStopped: stopped === 'fail' ? 'fail' : 'start',
		warehouseTimeoutMs: seconds(
			'warehouseTimeoutSeconds',
			'Warehouse Start Timeout (Seconds)',
			900,
		),
	};
}

export function readResultSettings(parameters: Parameters): ResultSettings {
	return {
		typing: {
			decimalsAsNumbers: parameters.flag('options.decimalsAsNumbers'),
			bigintsAsText: parameters.flag('options.bigintsAsText'),
		},
		chunksInFlight: parameters.number('options.chunksInFlight', 'Chunks in Flight', 3, 1),
	};
}

/** A limit that is left out where the option is not set. */
export function readLimit(parameters: Parameters, name: string, label: string): number | undefined {
	const limit = parameters.number(`options.${name}`, label, 0);
	if (Number.isInteger(limit)) return limit === 0 ? undefined : limit;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'${label}' is ${limit}, which is not a whole number.`,
		hint: `Enter a whole number in '${label}'.`,
	});
}

function tagsIn(rows: Record<string, unknown>[]): Record<string, string> | undefined {
	const tags = rows.flatMap((row): [string, string][] => {
		const key = textOf(row.key)?.trim() ?? '';
		return key === '' ? [] : [[key, textOf(row.value) ?? '']];
	});
	const keys = tags.map(([key]) => key);
	const twice = keys.find((key, index) => keys.indexOf(key) !== index);
	if (twice !== undefined) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'Query Tags' has the key "${twice}" more than once.`,
			hint: 'Give each tag a key of its own.',
		});
	}
	if (tags.length > 20) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'Query Tags' has ${tags.length} tags; Databricks keeps 20.`,
			hint: 'Remove some of them.',
		});
	}
	return tags.length === 0 ? undefined : Object.fromEntries(tags);
}
