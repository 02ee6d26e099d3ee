import { AsyncLocalStorage } from 'node:async_hooks';
import { sqlString } from '../stringLiteral';
import { fixedOffset, offsetSeconds, offsetText } from './zone';

const sessions = new AsyncLocalStorage<string>();

/** Translates and runs what is asked for in a session of a time zone; each statement has one. */
export function inTimeZone<T>(zone: string, work: () => T): T {
	return sessions.run(zone, work);
}

/** The time zone of the session whose statement is being translated; UTC where none was said. */
export function sessionZone(): string {
	return sessions.getStore() ?? 'UTC';
}

/** Whether the session's clocks are those of UTC, in which TIMESTAMP values are stored. */
export function isUtc(): boolean {
	return fixedOffset(sessionZone()) === 0 || sessionZone() === 'Etc/UTC';
}

/** DuckDB SQL of what the session's clocks show at a TIMESTAMP: its year, hour, text … are read off it. */
export function localSql(timestamp: string): string {
	if (isUtc()) return timestamp;
	const fixed = fixedOffset(sessionZone());
	if (fixed !== undefined) return `(${timestamp} + to_seconds(${fixed}))`;
	return `dbx_local(${timestamp}, ${sqlString(sessionZone())})`;
}

/** DuckDB SQL of the TIMESTAMP at which the session's clocks show a date and time. */
export function instantSql(local: string): string {
	if (isUtc()) return local;
	const fixed = fixedOffset(sessionZone());
	if (fixed !== undefined) return `(${local} - to_seconds(${fixed}))`;
	return `dbx_instant(${local}, ${sqlString(sessionZone())})`;
}

/** DuckDB SQL of the seconds that the session's clocks are ahead of UTC at a TIMESTAMP. */
export function offsetSql(timestamp: string): string {
	const fixed = isUtc() ? 0 : fixedOffset(sessionZone());
	if (fixed !== undefined) return `CAST(${fixed} AS BIGINT)`;
	return `dbx_offset(${timestamp}, ${sqlString(sessionZone())}) // 1000000`;
}

/** A VARIANT whose text is asked for: timestamps inside of it are written by the clocks of UTC. */
export function variantSql(variant: string): string {
	if (isUtc()) return variant;
	const what = sqlString(`the text of a VARIANT with timestamps in a session in ${sessionZone()}`);
	return `CASE WHEN regexp_matches(${variant}, '"t[0-9+-]') THEN dbx_unsupported(${what}) ELSE ${variant} END`;
}

/** An instant as it goes on the wire: what the session's clocks show, and how far they are ahead. */
export function wireInstant(ms: number): string {
	return `${localIso(new Date(ms))}${offsetText(isUtc() ? 0 : offsetSeconds(sessionZone(), ms))}`;
}

/** What the session's clocks show at an instant, as `yyyy-MM-ddTHH:mm:ss.SSS`. */
export function localIso(instant: Date): string {
	const ahead = isUtc() ? 0 : offsetSeconds(sessionZone(), instant.getTime());
	return new Date(instant.getTime() + ahead * 1000).toISOString().slice(0, 23);
}
