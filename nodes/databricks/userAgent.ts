/** The version of this package; a test compares it with package.json. */
export const packageVersion = '0.1.0';

/**
 * How the client names itself, so that Databricks can tell its requests apart:
 * `n8n-community_databricks-lakehouse/0.1.0 node/24.1.0 os/linux auth/pat`.
 */
export function userAgent(authKind: string): string {
	return [
		`n8n-community_databricks-lakehouse/${packageVersion}`,
		`node/${process.versions.node}`,
		`os/${process.platform}`,
		`auth/${authKind}`,
	]
		.map((token) => token.replace(/[^\w.+/-]/g, '-'))
		.join(' ');
}
