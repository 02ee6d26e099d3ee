import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../workspace/makeFolder';

const schema = z.object({
	owner: z.object({ email: z.string(), password: z.string() }),
	/** Whether the sample exports have been brought in once. */
	ingested: z.boolean(),
	/** By workflow id: the file as it was imported, and the version that n8n gave it. */
	imported: z.record(z.string(), z.object({ fingerprint: z.string(), versionId: z.string() })),
});

/** What the editor has to know about its earlier starts. */
export type KeptState = z.output<typeof schema>;

const fileIn = (folder: string) => join(folder, 'editor.json');

/** Reads what is kept; a new owner with a new password when nothing is. */
export async function readKeptState(folder: string): Promise<KeptState> {
	const text = await readFile(fileIn(folder), 'utf8').catch(() => undefined);
	if (text !== undefined) return schema.parse(JSON.parse(text));
	// n8n asks for a digit and a capital letter.
	const password = `Lake7${randomBytes(6).toString('hex')}`;
	return { owner: { email: 'owner@example.com', password }, ingested: false, imported: {} };
}

export async function writeKeptState(folder: string, state: KeptState): Promise<void> {
	await makeFolder(folder);
	const file = fileIn(folder);
	await writeFile(`${file}.new`, JSON.stringify(state, null, '\t'), { mode: 0o600 });
	await rename(`${file}.new`, file);
}
