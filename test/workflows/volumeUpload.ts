import type { ScoutExport } from '../../workspace/sample/exports';
import type { Demo } from '../../tooling/start/demo';

/** Puts an export into the volume once more, as a second uploader would. */
export async function uploadFile(demo: Demo, each: ScoutExport | undefined): Promise<void> {
	if (!each) throw new Error('There is no export to upload.');
	const path = `/Volumes/bronze/scout/landing/${each.agency}/${each.exportId}.jsonl`;
	const answer = await fetch(`${demo.workspace.host}/api/2.0/fs/files${path}?overwrite=true`, {
		method: 'PUT',
		headers: { authorization: `Bearer ${demo.workspace.token}` },
		body: each.lines.map((line) => `${line}\n`).join(''),
	});
	if (!answer.ok) throw new Error(`The upload was answered with ${answer.status}.`);
}
