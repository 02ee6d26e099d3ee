import { coerce } from '../casts/coercion';
import { unsupported } from '../sqlError';
import { BIGINT, DATE, INT, TIMESTAMP } from '../sqlType';
import { localIso } from '../timeZones/sessionZone';
import { derive } from '../types/typed';
import { argument, asInt } from './define';
import { asDate, asTime } from './moments';
import type { ScalarFunction } from './signature';

const fromEpoch = (factor: string): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		if (!['tinyint', 'smallint', 'int', 'bigint', 'void'].includes(value.type.kind)) {
			throw unsupported(`${site.name} of a number that is not whole`);
		}
		const count = coerce(value, BIGINT);
		return derive(`make_timestamp(${count.sql} * ${factor})`, TIMESTAMP, site.label, [count], {
			fallible: true,
		});
	},
});

const toEpoch = (divisor: string): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const time = coerce(asTime(argument(args, 0, site), site), TIMESTAMP);
		const sql = `CAST(floor(epoch_us(${time.sql}) / ${divisor}) AS BIGINT)`;
		const exact = divisor === '1' ? `epoch_us(${time.sql})` : sql;
		return derive(exact, BIGINT, site.label, [time]);
	},
});

const unixTimestamp: ScalarFunction = {
	args: [0, 2],
	build(args, site) {
		if (args.length === 0) {
			const seconds = Math.floor(site.scope.now.getTime() / 1000);
			return { sql: `CAST(${seconds} AS BIGINT)`, type: BIGINT, label: site.label };
		}
		const value = argument(args, 0, site);
		if (value.type.kind === 'string') throw unsupported(`${site.name} of a text`);
		const time = coerce(asTime(value, site), TIMESTAMP);
		const label = `${site.name}(${value.label}, ${args[1]?.label ?? 'yyyy-MM-dd HH:mm:ss'})`;
		return derive(`dbx_epoch_seconds(${time.sql})`, BIGINT, label, [time]);
	},
};

const unixDate: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const date = asDate(argument(args, 0, site), site);
		return derive(`CAST(${date.sql} - DATE '1970-01-01' AS INTEGER)`, INT, site.label, [date]);
	},
};

const dateFromUnixDate: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const days = asInt(argument(args, 0, site), site);
		return derive(`(DATE '1970-01-01' + ${days.sql})`, DATE, site.label, [days]);
	},
};

const now = (kind: 'date' | 'timestamp'): ScalarFunction => ({
	args: [0, 0],
	build(_args, site) {
		const iso = site.scope.now.toISOString();
		const label = `${site.name}()`;
		if (kind === 'date')
			return { sql: `DATE '${localIso(site.scope.now).slice(0, 10)}'`, type: DATE, label };
		return { sql: `TIMESTAMP '${iso.slice(0, 23).replace('T', ' ')}'`, type: TIMESTAMP, label };
	},
});

export const EPOCHS: [string, ScalarFunction][] = [
	['timestamp_seconds', fromEpoch('1000000')],
	['timestamp_millis', fromEpoch('1000')],
	['timestamp_micros', fromEpoch('1')],
	['unix_seconds', toEpoch('1000000')],
	['unix_millis', toEpoch('1000')],
	['unix_micros', toEpoch('1')],
	['unix_timestamp', unixTimestamp],
	['to_unix_timestamp', unixTimestamp],
	['unix_date', unixDate],
	['date_from_unix_date', dateFromUnixDate],
	['current_date', now('date')],
	['curdate', now('date')],
	['current_timestamp', now('timestamp')],
	['now', now('timestamp')],
];
