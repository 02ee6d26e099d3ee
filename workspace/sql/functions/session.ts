import type { CallSite, ScalarFunction } from '../calls';
import { sqlString } from '../stringLiteral';
import { STRING } from '../sqlType';
import { argument } from './define';
import { asText } from '../coercion';
import { derive } from '../typed';

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
	['current_user', ofSession((site) => site.context.analyzer.scope.session.user)],
	['session_user', ofSession((site) => site.context.analyzer.scope.session.user)],
	['user', ofSession((site) => site.context.analyzer.scope.session.user)],
	['current_catalog', ofSession((site) => site.context.analyzer.scope.session.catalog ?? 'main')],
	['current_schema', ofSession((site) => site.context.analyzer.scope.session.schema ?? 'default')],
	[
		'current_database',
		ofSession((site) => site.context.analyzer.scope.session.schema ?? 'default'),
	],
	['current_timezone', ofSession(() => 'UTC')],
	['raise_error', raiseError],
];
