import { asText } from '../casts/coercion';
import { STRING } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { sessionZone } from '../timeZones/sessionZone';
import { derive } from '../types/typed';
import { argument } from './define';
import type { CallSite, ScalarFunction } from './signature';

const ofSession = (read: (site: CallSite) => string): ScalarFunction => ({
	args: [0, 0],
	build: (_args, site) => ({ sql: sqlString(read(site)), type: STRING, label: `${site.name}()` }),
});

/** Fails with the given text where it is evaluated. */
const raiseError: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const text = asText(argument(args, 0, site), site.label, 0);
		const sql = `CAST(error('[USER_RAISED_EXCEPTION] ' || ${text.sql} || ' SQLSTATE: P0001') AS INTEGER)`;
		return derive(sql, { kind: 'void' }, site.label, [text], { fallible: true });
	},
};

export const SESSION: [string, ScalarFunction][] = [
	['current_user', ofSession((site) => site.scope.session.user)],
	['session_user', ofSession((site) => site.scope.session.user)],
	['user', ofSession((site) => site.scope.session.user)],
	['current_catalog', ofSession((site) => site.scope.session.catalog ?? 'main')],
	['current_schema', ofSession((site) => site.scope.session.schema ?? 'default')],
	['current_database', ofSession((site) => site.scope.session.schema ?? 'default')],
	['current_timezone', ofSession(() => sessionZone())],
	['raise_error', raiseError],
];
