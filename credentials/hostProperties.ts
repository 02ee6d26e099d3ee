import type { INodeProperties } from 'n8n-workflow';

/** http:// to another machine, seen from outside: this machine and private networks are left out. */
const clearText =
	'^\\s*[hH][tT][tT][pP]:\\/\\/(?!(127|10|192\\.168|172\\.(1[6-9]|2\\d|3[01]))\\.|\\[|([^.\\/:?#]+|[^\\/:?#]+\\.(local|localhost|internal))\\/?([:\\/?#]|\\s*$))';

/** Where the workspace is, and a warning when what is typed there sends the credential in clear text. */
export const hostProperties: INodeProperties[] = [
	{
		displayName: 'Host',
		name: 'host',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://adb-1234567890123456.7.azuredatabricks.net',
		description:
			'Address of the workspace, as the browser shows it while the workspace is open. Path and query are left out; without http:// or https:// it is https.',
	},
	{
		displayName:
			'With http:// the token travels in clear text: whoever is on the way can read and use it. Databricks answers at https://.',
		name: 'clearTextNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { host: [{ _cnd: { regex: clearText } }] } },
	},
];
