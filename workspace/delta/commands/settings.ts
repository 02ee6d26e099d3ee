import { SqlError, unsupported } from '../../sql/sqlError';
import { STRING } from '../../sql/sqlType';
import { isZone } from '../../sql/timeZones/zone';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import type { SessionChange, SqlResult } from '../session';
import { done } from '../tableWrite';
import { setVariables } from './variables';

const ZONE = 'spark.sql.session.timeZone';
const isZoneSetting = (key: string): boolean =>
	/^(?:timezone|spark\.sql\.session\.timezone)$/i.test(key);

/**
 * SET TIME ZONE, and SET of a setting after the word SET: holds for the statements after it in the
 * session. Of Spark's own settings a warehouse lets nobody see or set any but the time zone.
 * @throws SqlError CONFIG_NOT_AVAILABLE, INVALID_CONF_VALUE.TIME_ZONE
 */
export async function set(context: Context, cursor: Cursor): Promise<SessionChange> {
	const { session } = context;
	if (cursor.acceptOne('VARIABLE', 'VAR') !== undefined) return await setVariables(context, cursor);
	if (cursor.accept('TIME', 'ZONE')) {
		if (cursor.sees('LOCAL') || cursor.sees('INTERVAL'))
			throw unsupported('SET TIME ZONE of this form');
		const zone = cursor.string();
		cursor.expectEnd();
		return inZone(zone, session);
	}
	const key = cursor.name().join('.');
	if (isZoneSetting(key)) {
		if (cursor.atEnd) return { result: shown(session.timeZone), session };
		cursor.expect('=');
		return inZone(cursor.rest().replace(/^(['"])(.*)\1$/, '$2'), session);
	}
	throw notAvailable('SET', key);
}

/** Parameters of Databricks SQL that SET is refused for, so that there is nothing to take back. */
const UNCHANGED =
	/^(?:ansi_mode|enable_photon|legacy_time_parser_policy|max_file_partition_bytes|read_only_external_metastore|statement_timeout|use_cached_result)$/i;

/** RESET [key]: what SET has changed in the session is again as it is for every session. */
export async function reset({ session }: Context, cursor: Cursor): Promise<SessionChange> {
	cursor.expect('RESET');
	const key = cursor.atEnd ? undefined : cursor.name().join('.');
	cursor.expectEnd();
	const result = done('RESET');
	if (key === undefined || isZoneSetting(key)) {
		return { result, session: { ...session, timeZone: session.defaultTimeZone } };
	}
	if (UNCHANGED.test(key)) return { result, session };
	throw notAvailable('RESET', key);
}

function notAvailable(verb: string, key: string): SqlError {
	if (!key.startsWith('spark.')) return unsupported(`${verb} ${key}`);
	const text = `Configuration ${key} is not available.`;
	return new SqlError('CONFIG_NOT_AVAILABLE', '42K0I', text);
}

function inZone(timeZone: string, session: SessionChange['session']): SessionChange {
	if (!isZone(timeZone)) {
		const text = `The value '${timeZone}' in the config "${ZONE}" is invalid. Cannot resolve the given timezone.`;
		throw new SqlError('INVALID_CONF_VALUE.TIME_ZONE', '22022', text);
	}
	return { result: shown(timeZone), session: { ...session, timeZone } };
}

function shown(zone: string): SqlResult {
	const columns = ['key', 'value'].map((name) => ({ name, type: STRING, nullable: false }));
	return { columns, rows: [[ZONE, zone]], statementType: 'SET' };
}
